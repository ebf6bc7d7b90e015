//! Names as Rust writes them.

/// The words of Rust that no name may be.
const KEYWORDS: &str = " abstract as async await become box break const continue crate do dyn else enum extern \
    false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static \
    struct super trait true try type typeof union unsafe unsized use virtual where while yield ";

/// Functions of the endpoint trait, whose names a method would hide, and the names that are given instead.
const TAKEN: &[(&str, &str)] = &[
    ("send_info", "push"),
    ("broadcast", "send_to_all"),
    ("keys", "online_keys"),
    ("sessions", "open_sessions"),
    ("count", "online_count"),
    ("is_online", "has_session"),
    ("sessions_of", "sessions_with"),
    ("close_key", "close_sessions"),
    ("create", "create_new"),
];

/// Returns `name` in snake case, never a word of Rust.
pub(crate) fn snake(name: &str) -> String {
    let mut text = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (index, &char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index));
        let after = chars.get(index + 1);
        if char.is_uppercase() {
            let ends_word = before.is_some_and(|char| char.is_lowercase() || char.is_numeric());
            let begins_word = before.is_some_and(|char| char.is_uppercase())
                && after.is_some_and(|char| char.is_lowercase());
            if ends_word || begins_word {
                text.push('_');
            }
            text.extend(char.to_lowercase());
        } else if char.is_alphanumeric() || char == '_' {
            text.push(char);
        } else {
            text.push('_');
        }
    }
    if text.chars().all(|char| char == '_') || text.starts_with(char::is_numeric) {
        text.insert_str(0, "name");
    }
    if KEYWORDS.contains(&format!(" {text} ")) {
        text.push('_');
    }
    text
}

/// Returns the name of a variable: none that the generated code uses itself.
pub(crate) fn variable(name: &str) -> String {
    let text = snake(name);
    if matches!(text.as_str(), "this" | "failed" | "given") {
        return format!("{text}_");
    }
    text
}

/// Returns the name of a method, none of which hides a function of the endpoint.
pub(super) fn method(name: &str) -> String {
    let text = snake(name);
    let taken = TAKEN.iter().find(|(taken, _)| *taken == text);
    taken.map_or(text, |(_, other)| (*other).to_owned())
}

/// Returns the name of a type: no name of the prelude or of the generated code.
pub(super) fn type_name(name: &str) -> String {
    const PRELUDE: &str = " Accept Binary BoxError CloseCode CloseReason Endpoint Error FromHandshake FromMessage Handshake \
        IntoMessage Json Message MessageKind MessageReader Ordering Partial Pong Reject SendError Server Session State Text \
        Option Result String Vec Box Some None Ok Err Self Send Sync Default Clone Drop Iterator ";
    let mut text: String = name
        .chars()
        .filter(|char| char.is_alphanumeric() || *char == '_')
        .collect();
    if let Some(first) = text.get(..1) {
        text = format!(
            "{}{}",
            first.to_uppercase(),
            text.get(1..).unwrap_or_default()
        );
    }
    if text.is_empty() || !text.starts_with(char::is_alphabetic) {
        text.insert_str(0, "Port");
    }
    if PRELUDE.contains(&format!(" {text} ")) {
        text.push_str("Endpoint");
    }
    text
}

/// Returns the name of the trait for a service.
pub(crate) fn service_name(name: &str) -> String {
    let name = type_name(name);
    if name == "Missing" {
        "MissingService".to_owned()
    } else {
        name
    }
}

/// Returns whether it is the name of a constant.
pub(super) fn is_constant(name: &str) -> bool {
    let mut letters = name.chars().filter(|char| char.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (java, rust) in [
            ("uId", "u_id"),
            ("onOpen", "on_open"),
            ("toJSONString", "to_json_string"),
            ("ONLINE_COUNT", "online_count"),
            ("type", "type_"),
            ("_", "name_"),
            ("$x", "_x"),
        ] {
            assert_eq!(snake(java), rust);
        }
    }

    #[test]
    fn a_method_never_hides_a_function_of_the_endpoint() {
        assert_eq!(method("sendInfo"), "push");
        assert_eq!(method("keys"), "online_keys");
    }
}
