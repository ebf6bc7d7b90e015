use std::fmt::Write as _;

use wspring_path::{Router, Template};

/// Checks that a valid template matches the paths made from it, and that any path can be matched.
///
/// # Panics
///
/// If a promise is broken.
pub fn path_template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (source, path) = text.split_once('\n').unwrap_or((&text, "/"));
    let template = match Template::parse(source) {
        Ok(template) => template,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(template.as_str(), source);
    assert_eq!(Template::parse(source).as_ref(), Ok(&template));
    let names: Vec<String> = template.variables().map(ToOwned::to_owned).collect();
    let mut router = Router::new();
    assert!(router.insert(template.clone(), ()).is_ok());
    assert!(router.insert(template, ()).is_err(), "it is there already");

    let Ok(found) = router.match_path(path) else {
        return;
    };
    assert_eq!(found.values.len(), names.len());
    let values: Vec<String> = found.values.iter().map(ToString::to_string).collect();
    assert!(
        values
            .iter()
            .all(|value| !["", ".", ".."].contains(&&**value))
    );

    // The same path, with every byte of every value encoded, means the same.
    let mut rest = values.iter();
    let rebuilt: Vec<String> = source
        .split('/')
        .map(|segment| {
            if !segment.starts_with(['<', '{']) {
                return segment.to_owned();
            }
            let value = rest.next().expect("a value for each variable");
            value.bytes().fold(String::new(), |mut encoded, byte| {
                let _ = write!(encoded, "%{byte:02X}");
                encoded
            })
        })
        .collect();
    let rebuilt = rebuilt.join("/");
    let again = router
        .match_path(&rebuilt)
        .unwrap_or_else(|error| panic!("{source} does not match {rebuilt}: {error}"));
    assert_eq!(again.values, values);
}
