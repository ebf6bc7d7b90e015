/// A reason why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// The file is larger than the porter reads.
    #[error("{path} has more than {max} bytes, which no Java class has: leave it out")]
    TooLarge {
        /// The file.
        path: String,
        /// The bound in bytes.
        max: usize,
    },
    /// The file is not text in the encoding.
    #[error(
        "{path} is not {encoding} text: name its encoding with --encoding, such as --encoding gbk"
    )]
    Encoding {
        /// The file.
        path: String,
        /// The encoding that was tried.
        encoding: &'static str,
    },
    /// No encoding has this name.
    #[error("there is no encoding {0:?}: use a name such as utf-8, gbk, big5 or shift_jis")]
    UnknownEncoding(String),
    /// The file is Kotlin.
    #[error("{0} is Kotlin, which is not supported: convert it to Java first, or port it by hand")]
    Kotlin(String),
    /// The file has no Java in it.
    #[error("{0} is not Java: it has no class, interface, enum or record")]
    NotJava(String),
    /// A folder has no Java files.
    #[error(
        "there is no .java file in {0}: name a folder of Java sources, or the files themselves"
    )]
    NoJava(String),
    /// No file has an endpoint.
    #[error(
        "no class has @ServerEndpoint or @ClientEndpoint: name the files that do (subclasses of Endpoint are not supported)"
    )]
    NoEndpoint,
    /// A class with an endpoint could not be read.
    #[error("{path}, line {line}: a syntax error hides the endpoint: mend it and try again")]
    Syntax {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// The output folder has files.
    #[error("{0} is not empty: choose another folder, or overwrite its files with --force")]
    NotEmpty(String),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// The porter wrote something that is not Rust.
    #[error(
        "the porter wrote {file}, which is not Rust ({error}): report this with the Java class"
    )]
    Unparsable {
        /// The file.
        file: String,
        /// The error of the parser.
        error: String,
    },
}
