/// The end of the connection that we are; it decides who masks (RFC 6455 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We accepted the connection: every frame that we receive must be masked.
    Server,
    /// We opened the connection: no frame that we receive may be masked.
    Client,
}
