//! Which files of a repository are read for a leak: the code that uses the key, and what gives its names values.

use super::lexer::Language;
use super::place::is_pipeline;
use super::source::{folder, name};

/// Largest file that is read: code that people write is smaller, and what is larger is made by a program.
const MAX_BYTES: u64 = 1 << 20;

/// Files that were left out are named one by one up to this many.
const NAMED: usize = 5;

/// Most files of code that are read for one leak.
const MAX_CODE: usize = 400;

/// Most files of settings.
const MAX_SETTINGS: usize = 300;

/// A repository with no more files of code than this is read whole if nothing tells its services apart.
const SMALL: usize = 150;

/// Files that mark the root of a service.
const ROOTS: [&str; 18] = [
    "template.yaml",
    "template.yml",
    "serverless.yml",
    "serverless.yaml",
    "serverless.ts",
    "serverless.json",
    "cdk.json",
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "pipfile",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "dockerfile",
    "chart.yaml",
];

/// The first so many of them deploy a service: they mark it better than what only builds code.
const DEPLOYING: usize = 7;

/// Folders whose code is other people's, or made by a program.
const FOREIGN: [&str; 12] = [
    "node_modules",
    "vendor",
    ".venv",
    "venv",
    "site-packages",
    "dist",
    "target",
    ".terraform",
    ".serverless",
    ".aws-sam",
    "cdk.out",
    "third_party",
];

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// From the root.
    pub path: String,
    /// In bytes; `None` if it cannot be read.
    pub size: Option<u64>,
}

/// What to read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Files whose calls count.
    pub code: Vec<String>,
    /// Files that only give names their values.
    pub settings: Vec<String>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// The template of SAM that deploys the service of a leak: the nearest above it. It says which code is one function's.
pub fn template_above<'a>(leak: &str, files: &'a [Listed]) -> Option<&'a str> {
    let above = |ancestor: &str| {
        let is_template = |file: &&Listed| ["template.yaml", "template.yml"].iter().any(|name| file.name_is(name));
        files.iter().find(|file| folder(&file.path) == ancestor && is_template(file)).map(|file| file.path.as_str())
    };
    ancestors(folder(leak)).into_iter().find_map(above)
}

/// Selects the files for a leak at `leak`, line `line` of `text`. `template` is the path and the text of the template above
/// it, if there is one.
pub fn beside(leak: &str, text: &str, line: u32, files: &[Listed], template: Option<(&str, &str)>) -> Selection {
    let mut selection = Selection::default();
    let readable: Vec<&Listed> = files.iter().filter(|file| is_own(&file.path, leak)).collect();
    let (root, why) = match template.and_then(|(path, text)| function_of(leak, path, text)) {
        Some(root) => (root, None),
        None => root(leak, text, line, &readable),
    };
    let (readable, others): (Vec<&Listed>, Vec<&Listed>) =
        readable.into_iter().partition(|file| file.size.is_some_and(|size| size <= MAX_BYTES));
    let of_interest = |file: &&&Listed| within(&file.path, &root) && (is_code(&file.path) || is_settings(&file.path));
    for file in others.iter().filter(of_interest).take(NAMED) {
        let why = if file.size.is_some() { "has more than a megabyte" } else { "is not in the object store" };
        selection.left_out.push(format!("{} {why}, and was not read", file.path));
    }
    if is_pipeline(leak) {
        // A pipeline runs its own commands and the scripts that it names; what it deploys runs elsewhere.
        selection.code = readable
            .iter()
            .filter(|file| file.path == leak || names(text, &file.path))
            .map(|file| file.path.clone())
            .collect();
    } else {
        let mut code: Vec<&str> = readable
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| *path == leak || is_code(path) && within(path, &root))
            .collect();
        code.sort_by_key(|path| (*path != leak, distance(path, leak), *path));
        if code.len() > MAX_CODE {
            let rest = code.len() - MAX_CODE;
            selection.left_out.push(format!(
                "{rest} files of code below {} were not read: only the {MAX_CODE} nearest are",
                shown(&root)
            ));
            code.truncate(MAX_CODE);
        }
        selection.code = code.into_iter().map(str::to_owned).collect();
        if let Some(why) = why {
            selection.left_out.push(why);
        }
    }
    let mut settings: Vec<&str> = readable
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| is_settings(path) && !selection.code.iter().any(|code| code == path))
        .collect();
    settings.sort_by_key(|path| (distance(path, leak), *path));
    settings.truncate(MAX_SETTINGS);
    selection.settings = settings.into_iter().map(str::to_owned).collect();
    selection
}

/// The folder whose code uses the key, and what is to be said of that.
fn root(leak: &str, text: &str, line: u32, files: &[&Listed]) -> (String, Option<String>) {
    if let Some(code) = code_of_block(text, line) {
        let base = join(folder(leak), &code);
        if !base.is_empty() && files.iter().any(|file| within(&file.path, &base)) {
            return (base, None);
        }
    }
    let mut best: Option<(usize, &str)> = None;
    for ancestor in ancestors(folder(leak)) {
        let here = |at: &usize| files.iter().any(|file| folder(&file.path) == ancestor && file.name_is(ROOTS[*at]));
        if let Some(rank) = (0..ROOTS.len()).find(here) {
            let deploys = rank < DEPLOYING;
            if best.is_none() || deploys && best.is_some_and(|(rank, _)| rank >= DEPLOYING) {
                best = Some((rank, ancestor));
            }
            if deploys {
                break;
            }
        }
    }
    if let Some((_, root)) = best {
        return (root.to_owned(), None);
    }
    let code = files.iter().filter(|file| is_code(&file.path)).count();
    if code <= SMALL {
        return (String::new(), None);
    }
    let own = folder(leak).to_owned();
    let why = format!(
        "nothing marks the service that the leak belongs to: of the repository's {code} files of code only those below {} were read",
        shown(&own)
    );
    (own, Some(why))
}

impl Listed {
    fn name_is(&self, other: &str) -> bool {
        name(&self.path).eq_ignore_ascii_case(other)
    }
}

/// The folder of the function that the leak's file belongs to: the innermost that the template names as code.
fn function_of(leak: &str, template: &str, text: &str) -> Option<String> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("CodeUri:"));
    let folders = named.map(|value| join(folder(template), value.trim().trim_matches(['"', '\''])));
    folders.filter(|root| !root.is_empty() && within(leak, root)).max_by_key(String::len)
}

/// The folder of code that the block of a template names in which the line `line` stands: `CodeUri: orders/`.
fn code_of_block(text: &str, line: u32) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let says = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let first = lines.iter().filter(says).map(indent).find(|&indent| indent > 0)?;
    let at = (line as usize).saturating_sub(1).min(lines.len().checked_sub(1)?);
    let begins = |line: &&str| says(&line) && indent(line) <= first;
    let start = (0..=at).rev().find(|&at| begins(&lines[at]))?;
    let end = (at + 1..lines.len()).find(|&at| begins(&lines[at])).unwrap_or(lines.len());
    let value = lines[start..end].iter().find_map(|line| line.trim().strip_prefix("CodeUri:"))?;
    let value = value.trim().trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/');
    (!value.is_empty() && value != "." && !value.contains("://")).then(|| value.to_owned())
}

/// The folder and those above it, the root last.
fn ancestors(mut path: &str) -> Vec<&str> {
    let mut found = vec![path];
    while !path.is_empty() {
        path = folder(path);
        found.push(path);
    }
    found
}

fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn within(path: &str, root: &str) -> bool {
    root.is_empty() || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

fn shown(root: &str) -> &str {
    if root.is_empty() { "the root" } else { root }
}

/// How many steps it is from one file's folder to another's.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<&str>, Vec<&str>) = (folder(a).split('/').collect(), folder(b).split('/').collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    a.len() + b.len() - 2 * same
}

/// Whether the text names the file: a script that a pipeline runs.
fn names(text: &str, path: &str) -> bool {
    (is_code(path) || is_script(path))
        && path.len() > 3
        && text.match_indices(path).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + path.len()..].chars().next();
            let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_'));
            ends(before) && ends(after) && after != Some('.')
        })
}

/// Whether the file is the owner's own, and no test unless the leak is in one.
fn is_own(path: &str, leak: &str) -> bool {
    let test = |path: &str| {
        let (lower, file) = (path.to_ascii_lowercase(), name(path).to_ascii_lowercase());
        let folders = ["test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "cypress", "e2e"];
        lower.split('/').rev().skip(1).any(|part| folders.contains(&part))
            || file.starts_with("test_")
            || [".test.", ".spec.", "_test."].iter().any(|mark| file.contains(mark))
    };
    let foreign = |part: &str| FOREIGN.contains(&part);
    let made = path.ends_with(".min.js") || path.ends_with("package-lock.json") || path.ends_with(".d.ts");
    path == leak || !made && !folder(path).split('/').any(foreign) && (!test(path) || test(leak))
}

fn is_code(path: &str) -> bool {
    Language::of(path).is_some() || is_script(path)
}

/// Whether commands may stand in the file.
pub(super) fn is_script(path: &str) -> bool {
    let file = name(path).to_ascii_lowercase();
    let ends = [".sh", ".bash", ".zsh", ".ps1", ".mk", ".service"].iter().any(|end| file.ends_with(end));
    ends || file.starts_with("dockerfile")
        || file.starts_with("makefile")
        || file.starts_with("jenkinsfile")
        || file == "package.json"
        || file.starts_with("buildspec")
        || file.starts_with("user-data")
        || file.starts_with("user_data")
        || file.starts_with("userdata")
        || file.starts_with("justfile")
}

fn is_settings(path: &str) -> bool {
    let file = name(path).to_ascii_lowercase();
    let ends = [".yml", ".yaml", ".json", ".tf", ".tfvars", ".toml", ".properties", ".ini", ".env", ".cfg", ".conf"];
    (ends.iter().any(|end| file.ends_with(end)) || file.starts_with(".env") || file.starts_with("dockerfile"))
        && file != "tsconfig.json"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(leak: &str, text: &str, paths: &[&str]) -> Selection {
        let files: Vec<Listed> = paths.iter().map(|path| Listed { path: (*path).to_owned(), size: Some(10) }).collect();
        beside(leak, text, text.lines().count() as u32, &files, None)
    }

    #[test]
    fn a_service_is_read_and_not_its_neighbours() {
        let paths = [
            "a/.env",
            "a/serverless.yml",
            "a/src/x.js",
            "a/src/x.test.js",
            "a/node_modules/y/z.js",
            "b/serverless.yml",
            "b/y.js",
            "c.py",
        ];
        let found = select("a/src/x.js", "", &paths);
        assert_eq!(found.code, ["a/src/x.js"]);
        assert_eq!(found.settings, ["a/.env", "a/serverless.yml", "b/serverless.yml"]);
        assert_eq!(select("a/.env", "", &paths).code, ["a/.env", "a/src/x.js"]);
        assert_eq!(select("c.py", "", &paths).code.len(), 3);
    }

    #[test]
    fn the_block_of_a_template_names_its_code() {
        let text = "Resources:\n  A:\n    CodeUri: one/\n  B:\n    CodeUri: ./two\n    Key: x\n";
        let paths = ["template.yaml", "one/a.py", "two/b.py"];
        let files: Vec<Listed> = paths.iter().map(|path| Listed { path: (*path).to_owned(), size: Some(10) }).collect();
        assert_eq!(beside("template.yaml", text, 6, &files, None).code, ["template.yaml", "two/b.py"]);
        assert_eq!(beside("template.yaml", text, 3, &files, None).code, ["template.yaml", "one/a.py"]);
        assert_eq!(beside("template.yaml", "A:\n  x: y\n", 2, &files, None).code.len(), 3);
        // A leak in the code of one function.
        assert_eq!(template_above("two/b.py", &files), Some("template.yaml"));
        assert_eq!(beside("two/b.py", "", 1, &files, Some(("template.yaml", text))).code, ["two/b.py"]);
        assert_eq!(beside("two/b.py", "", 1, &files, None).code.len(), 2);
    }

    #[test]
    fn a_pipeline_runs_what_it_names() {
        let paths = [".github/workflows/d.yml", "deploy.sh", "other.sh", "src/app.py"];
        let found = select(".github/workflows/d.yml", "run: ./deploy.sh\n", &paths);
        assert_eq!(found.code, [".github/workflows/d.yml", "deploy.sh"]);
    }

    #[test]
    fn what_is_not_read_is_said() {
        let mut files: Vec<Listed> = (0..500).map(|n| Listed { path: format!("src/{n}.py"), size: Some(10) }).collect();
        files.push(Listed { path: "src/big.py".to_owned(), size: Some(2 << 20) });
        let found = beside("src/1.py", "", 1, &files, None);
        assert_eq!((found.code.len(), found.code[0].as_str()), (MAX_CODE, "src/1.py"));
        assert!(found.left_out.iter().any(|line| line.contains("big.py")), "{:?}", found.left_out);
        assert!(found.left_out.iter().any(|line| line.contains("100 files")), "{:?}", found.left_out);
    }
}
