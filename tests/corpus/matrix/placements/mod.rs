//! Where credentials stand, each as the tool that writes it does.

mod ci;
mod code;
mod dumps;
mod infrastructure;
mod joined;
mod output;
mod settings;

/// A file with places for values: `«id»`, `«secret»`, `«token»`; `«id2»` and `«secret2»` are the second credential's,
/// and `«secret 0..20»` is a part of one.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    pub name: &'static str,
    pub path: &'static str,
    pub text: &'static str,
}

/// Values whole and as they are.
pub fn all() -> Vec<Placement> {
    [settings::ALL, infrastructure::ALL, ci::ALL, output::ALL, dumps::ALL, code::ALL].concat()
}

/// Values that are put together from literals.
pub fn joined() -> Vec<Placement> {
    joined::ALL.to_vec()
}

const fn at(name: &'static str, path: &'static str, text: &'static str) -> Placement {
    Placement { name, path, text }
}
