use std::sync::Arc;

/// What is known of a connection that is TLS; a request extension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secure(Arc<Certificates>);

/// The client's own first, in DER.
type Certificates = Vec<Box<[u8]>>;

impl Secure {
    #[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only TLS is secure"))]
    pub(crate) fn new<'c>(certificates: impl IntoIterator<Item = &'c [u8]>) -> Self {
        let certificates = certificates.into_iter().map(Box::from);
        Self(Arc::new(certificates.collect()))
    }

    pub(super) fn peer_certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }
}
