use std::error::Error;

/// Any error of the application: what `?` makes of one in a handler, a decoder or an encoder.
pub type BoxError = Box<dyn Error + Send + Sync>;
