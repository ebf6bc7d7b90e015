use std::fmt;

use super::header::Extension;

/// The name of the extension (RFC 7692 §7).
pub(super) const NAME: &str = "permessage-deflate";

/// The parameters of one offer or one answer (RFC 7692 §7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Params {
    /// Whether the server starts each message without context (RFC 7692 §7.1.1.1).
    pub(super) server_no_context_takeover: bool,
    /// Whether the client starts each message without context (RFC 7692 §7.1.1.2).
    pub(super) client_no_context_takeover: bool,
    /// The server's window, 8 to 15 bits (RFC 7692 §7.1.2.1).
    pub(super) server_max_window_bits: Option<u8>,
    /// The client's window, 8 to 15 bits; `Some(None)` if the parameter has no value (RFC 7692 §7.1.2.2).
    pub(super) client_max_window_bits: Option<Option<u8>>,
}

impl Params {
    /// Reads the parameters of an extension named [`NAME`].
    ///
    /// Returns `None` if RFC 7692 §7.1 obliges both sides to refuse them: for an unknown or repeated
    /// parameter, and for a value that is missing, not allowed or out of range.
    pub(super) fn parse(extension: &Extension<'_>) -> Option<Self> {
        let mut params = Self::default();
        for parameter in &extension.parameters {
            let value = parameter.value.as_deref();
            match parameter.name {
                "server_no_context_takeover" => {
                    set_flag(&mut params.server_no_context_takeover, value)?;
                }
                "client_no_context_takeover" => {
                    set_flag(&mut params.client_no_context_takeover, value)?;
                }
                "server_max_window_bits" => {
                    set_once(&mut params.server_max_window_bits, window_bits(value?)?)?;
                }
                "client_max_window_bits" => {
                    let bits = match value {
                        Some(value) => Some(window_bits(value)?),
                        None => None,
                    };
                    set_once(&mut params.client_max_window_bits, bits)?;
                }
                _ => return None,
            }
        }
        Some(params)
    }
}

impl fmt::Display for Params {
    /// Writes the extension as it appears in the header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        match self.client_max_window_bits {
            None => Ok(()),
            Some(None) => f.write_str("; client_max_window_bits"),
            Some(Some(bits)) => write!(f, "; client_max_window_bits={bits}"),
        }
    }
}

/// Sets a flag, which takes no value and must not be repeated.
fn set_flag(flag: &mut bool, value: Option<&str>) -> Option<()> {
    if *flag || value.is_some() {
        return None;
    }
    *flag = true;
    Some(())
}

/// Sets a parameter, which must not be repeated.
fn set_once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value);
    Some(())
}

/// Reads a decimal number from 8 to 15 without leading zeros.
fn window_bits(value: &str) -> Option<u8> {
    match value.as_bytes() {
        [digit @ b'8'..=b'9'] => Some(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Some(10 + digit - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::extensions;
    use super::*;

    fn parse(header: &str) -> Option<Params> {
        let extension = extensions(header.as_bytes()).next().unwrap().unwrap();
        Params::parse(&extension)
    }

    #[test]
    fn section_7_1_all_four_parameters_are_read_and_written() {
        let header = "permessage-deflate; server_no_context_takeover; \
            client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=8";
        let params = Params {
            server_no_context_takeover: true,
            client_no_context_takeover: true,
            server_max_window_bits: Some(9),
            client_max_window_bits: Some(Some(8)),
        };
        assert_eq!(parse(header), Some(params));
        assert_eq!(params.to_string(), header);

        let header = "permessage-deflate; client_max_window_bits";
        let params = Params {
            client_max_window_bits: Some(None),
            ..Params::default()
        };
        assert_eq!(parse(header), Some(params));
        assert_eq!(params.to_string(), header);
        assert_eq!(parse("permessage-deflate"), Some(Params::default()));
    }

    #[test]
    fn section_7_1_2_windows_have_8_to_15_bits() {
        for bits in 8..=15 {
            let params = parse(&format!("x; server_max_window_bits={bits}")).unwrap();
            assert_eq!(params.server_max_window_bits, Some(bits));
            let params = parse(&format!("x; client_max_window_bits=\"{bits}\"")).unwrap();
            assert_eq!(params.client_max_window_bits, Some(Some(bits)));
        }
        for bits in ["7", "16", "08", "015", "+9", "-9", "1", "100", "a", "9.0"] {
            assert_eq!(parse(&format!("x; server_max_window_bits={bits}")), None);
            assert_eq!(parse(&format!("x; client_max_window_bits={bits}")), None);
        }
        assert_eq!(parse("x; server_max_window_bits"), None);
    }

    #[test]
    fn section_7_1_unknown_and_repeated_parameters_and_superfluous_values_are_refused() {
        for parameters in [
            "server_no_context_takeover=1",
            "client_no_context_takeover=true",
            "server_no_context_takeover; server_no_context_takeover",
            "client_no_context_takeover; client_no_context_takeover",
            "server_max_window_bits=10; server_max_window_bits=10",
            "client_max_window_bits; client_max_window_bits=10",
            "client_max_window_bits; client_max_window_bits",
            "Server_No_Context_Takeover",
            "bogus",
            "bogus=1",
        ] {
            assert_eq!(parse(&format!("x; {parameters}")), None, "{parameters}");
        }
    }
}
