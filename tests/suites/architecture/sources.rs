//! The imports of a crate, read out of its sources.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The absolute path of a module or an item, without `crate`.
type ItemPath = Vec<String>;

/// The sources of one crate.
pub(crate) struct Crate {
    name: String,
    /// Each file under the path of its module.
    files: HashMap<ItemPath, String>,
    imports: Vec<Import>,
    /// Maps names that a module re-exports to the items that they stand for.
    names: HashMap<ItemPath, ItemPath>,
}

/// One mention of something of the crate.
struct Import {
    /// The module of the file.
    from: ItemPath,
    path: ItemPath,
    /// It hands a name on and uses nothing.
    is_reexport: bool,
}

/// Where in a file the reader is.
struct Reader<'c> {
    file: ItemPath,
    module: ItemPath,
    known: &'c HashMap<ItemPath, String>,
    imports: Vec<Import>,
    names: HashMap<ItemPath, ItemPath>,
}

impl Crate {
    /// Reads all files below `folder`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        collect(folder, folder, &mut files);
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let mut read = Self::of(&files);
        let name = folder.parent().and_then(Path::file_name);
        read.name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        read
    }

    /// Reads these files, each of which is a path below the crate's `src` and a text.
    pub(crate) fn of(texts: &[(&str, &str)]) -> Self {
        let files: HashMap<_, _> = texts
            .iter()
            .map(|(path, _)| (module_of(path), (*path).to_owned()))
            .collect();
        let (mut imports, mut names) = (Vec::new(), HashMap::new());
        for (path, text) in texts {
            let mut reader = Reader {
                file: module_of(path),
                module: module_of(path),
                known: &files,
                imports: Vec::new(),
                names: HashMap::new(),
            };
            let tokens: TokenStream = text
                .parse()
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            reader.read(tokens);
            imports.append(&mut reader.imports);
            names.extend(reader.names);
        }
        Self {
            name: String::new(),
            files,
            imports,
            names,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns each file with its folder and a folder that it imports. A file of the root is a folder of its own.
    pub(crate) fn imports_between_folders(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let root = "the crate's root";
        self.imports.iter().filter_map(move |import| {
            let folder = import.from.first().map_or(root, String::as_str);
            let first = import.path.first()?;
            let is_ours = self.files.contains_key(std::slice::from_ref(first))
                || first == "protocol"
                || self
                    .files
                    .keys()
                    .any(|module| module.first() == Some(first));
            let imported = if is_ours { first } else { root };
            (folder != imported && folder != root)
                .then(|| (self.name_of(&import.from), folder, imported))
        })
    }

    /// Returns which file imports which; a name that a module hands on is imported from where it is defined.
    ///
    /// A module is part of the one around it, and may use what that defines: this is no arrow.
    pub(crate) fn arrows(&self) -> Vec<(&str, &str)> {
        let used = self.imports.iter().filter(|import| !import.is_reexport);
        let arrows = used.filter_map(|import| {
            let to = self.file_of(&import.path, 0)?;
            (!import.from.starts_with(to)).then(|| (self.name_of(&import.from), self.name_of(to)))
        });
        arrows.collect()
    }

    fn name_of(&self, module: &[String]) -> &str {
        self.files.get(module).map_or("", String::as_str)
    }

    /// Returns the module of the file that defines what this path names.
    fn file_of<'p>(&'p self, path: &'p [String], depth: usize) -> Option<&'p [String]> {
        // The longest beginning of the path that is a file's module.
        let module = (0..=path.len())
            .rev()
            .map(|end| &path[..end])
            .find(|module| self.files.contains_key(*module))?;
        if let Some(item) = path.get(..=module.len())
            && let Some(meant) = self.names.get(item)
            && depth < 8
        {
            return self.file_of(meant, depth + 1);
        }
        Some(module)
    }
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at] {
                TokenTree::Ident(ident) if ident == "use" => self.read_use(&tokens, at),
                TokenTree::Ident(ident) if ident == "mod" => self.read_mod(&tokens[at..]),
                TokenTree::Ident(_) if is_path(&tokens[at + 1..]) && !is_behind(&tokens, at) => {
                    self.read_path(&tokens[at..])
                }
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    1
                }
                _ => 1,
            };
        }
    }

    /// Reads `use …;`, and returns how many tokens it has.
    fn read_use(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let is_end =
            |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
        let rest = &tokens[at + 1..];
        let len = rest.iter().position(is_end).unwrap_or(rest.len());
        // `pub use` and `pub(…) use`.
        let is_reexport = tokens[..at]
            .iter()
            .rev()
            .take(2)
            .any(|token| matches!(token, TokenTree::Ident(ident) if ident == "pub"));
        let mut leaves = Vec::new();
        read_tree(&rest[..len], Vec::new(), &mut leaves);
        for (path, name) in leaves {
            if let Some(path) = self.absolute(&path) {
                let mut item = self.module.clone();
                item.push(name);
                self.names.insert(item, path.clone());
                self.imports.push(Import {
                    from: self.file.clone(),
                    path,
                    is_reexport,
                });
            }
        }
        len + 1
    }

    /// Reads `mod name { … }`, and returns how many tokens it has.
    fn read_mod(&mut self, tokens: &[TokenTree]) -> usize {
        let [_, TokenTree::Ident(name), TokenTree::Group(body), ..] = tokens else {
            return 1;
        };
        self.module.push(name.to_string());
        self.read(body.stream());
        self.module.pop();
        3
    }

    /// Reads a path that stands in code, and returns how many tokens it has.
    fn read_path(&mut self, tokens: &[TokenTree]) -> usize {
        let mut path = Vec::new();
        let mut at = 0;
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            path.push(ident.to_string());
            at += 1;
            if !is_path(&tokens[at..]) {
                break;
            }
            at += 2;
        }
        if let Some(path) = self.absolute(&path) {
            self.imports.push(Import {
                from: self.file.clone(),
                path,
                is_reexport: false,
            });
        }
        at
    }

    /// Returns a path from the crate's root, if it begins there, above, or at a module that stands here.
    fn absolute(&self, path: &[String]) -> Option<ItemPath> {
        let (first, rest) = path.split_first()?;
        let mut module = self.module.clone();
        match first.as_str() {
            "crate" => return Some(rest.to_vec()),
            "self" => {}
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                module.truncate(module.len().saturating_sub(ups));
                module.extend_from_slice(&path[ups..]);
                return Some(module);
            }
            name => {
                module.push(name.to_owned());
                if !self.known.contains_key(&module) {
                    return None;
                }
            }
        }
        module.extend_from_slice(rest);
        Some(module)
    }
}

/// Reads the tree of a `use`, each leaf as its path and the name that it has here.
fn read_tree(tokens: &[TokenTree], mut path: ItemPath, leaves: &mut Vec<(ItemPath, String)>) {
    let mut name = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if ident == "as" => {
                name = tokens.get(at + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
                for tree in inner.split(is_comma).filter(|tree| !tree.is_empty()) {
                    read_tree(tree, path.clone(), leaves);
                }
                return;
            }
            _ => {}
        }
    }
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    let last = path.last().cloned().unwrap_or_default();
    leaves.push((path, name.unwrap_or(last)));
}

/// Whether `::` comes here.
fn is_path(tokens: &[TokenTree]) -> bool {
    let is_colon = |token: &TokenTree, spacing: bool| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':' && (punct.spacing() == Spacing::Joint || !spacing));
    matches!(tokens, [one, two, ..] if is_colon(one, true) && is_colon(two, false))
}

/// Whether this token goes on a path that began before it, such as one that begins with `::`.
fn is_behind(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_path(&tokens[at - 2..])
}

/// The module of a file, by its path below `src`.
fn module_of(path: &str) -> ItemPath {
    let path = path.trim_end_matches(".rs");
    let mut module: ItemPath = path.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).expect("below the root");
            let below = below.to_string_lossy().replace('\\', "/");
            files.push((
                below,
                fs::read_to_string(&path).expect("a source that can be read"),
            ));
        }
    }
}
