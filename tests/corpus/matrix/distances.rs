//! How far apart the parts of a credential may stand: in lines, files, commits, and outside of files.

use super::{
    cell::{Cell, Credential, Expect, Group, Step, words},
    values::Values,
};

/// A file in which id and secret stand on lines of their own.
struct Lines {
    name: &'static str,
    path: &'static str,
    head: &'static str,
    /// With `LABEL` for the name of the account.
    id: &'static str,
    secret: &'static str,
    filler: &'static str,
    tail: &'static str,
}

const FILES: [Lines; 4] = [
    Lines {
        name: "ini",
        path: "conf/aws.ini",
        head: "[aws]\n",
        id: "LABEL_aws_access_key_id = «id»\n",
        secret: "LABEL_aws_secret_access_key = «secret»\n",
        filler: "LABEL_option_# = some value\n",
        tail: "",
    },
    Lines {
        name: "env",
        path: "conf/.env",
        head: "APP_ENV=production\n",
        id: "LABEL_AWS_ACCESS_KEY_ID=«id»\n",
        secret: "LABEL_AWS_SECRET_ACCESS_KEY=«secret»\n",
        filler: "LABEL_OPTION_#=value\n",
        tail: "APP_DEBUG=false\n",
    },
    Lines {
        name: "JSON",
        path: "conf/app.json",
        head: "{\n",
        id: "  \"LABELAccessKeyId\": \"«id»\",\n",
        secret: "  \"LABELSecretAccessKey\": \"«secret»\",\n",
        filler: "  \"LABELOption#\": \"value\",\n",
        tail: "  \"version\": 2\n}\n",
    },
    Lines {
        name: "Java",
        path: "src/Keys.java",
        head: "public final class Keys {\n",
        id: "    static final String LABEL_ACCESS_KEY = \"«id»\";\n",
        secret: "    static final String LABEL_SECRET_KEY = \"«secret»\";\n",
        filler: "    static final int LABEL_OPTION_# = 17;\n",
        tail: "}\n",
    },
];

const LABELS: [&str; 3] = ["prod", "test", "dev"];

impl Lines {
    /// A whole file of the lines that `order` names: `i1` and `s1` are the first account's, a number is that many
    /// lines of something else.
    fn text(&self, order: &str) -> String {
        let mut text = self.head.to_owned();
        for word in order.split(' ') {
            if let Ok(count) = word.parse::<usize>() {
                text.extend((0..count).map(|n| self.filler.replace("LABEL", "prod").replace('#', &n.to_string())));
                continue;
            }
            let n: usize = word[1..].parse().unwrap();
            let line = if word.starts_with('i') { self.id } else { self.secret };
            let number = if n == 1 { String::new() } else { n.to_string() };
            text += &line.replace("LABEL", LABELS[n - 1]).replace('»', &format!("{number}»"));
        }
        text + self.tail
    }

    fn cell(&self, distance: &str, steps: impl Fn(&Values, &Self) -> (Vec<Credential>, Vec<Step>)) -> Cell {
        let placement = format!("{}, {distance}", self.name);
        let (credentials, steps) = steps(&Values::new(&placement, false), self);
        Cell {
            group: Group::Distances,
            placement,
            encoding: "plain".to_owned(),
            key: words(&credentials),
            expect: Expect::Found(credentials),
            steps,
        }
    }

    /// Lines in one file.
    fn in_one_file(&self, distance: &str, order: &str) -> Cell {
        self.cell(distance, |values, file| {
            let text = file.text(order);
            (values.credentials(&text), vec![Step::file(file.path, values.fill(&text))])
        })
    }

    /// The first account's pair, its parts in files or commits of their own.
    fn pair(&self, distance: &str, steps: impl Fn(&Self, &dyn Fn(&str) -> String) -> Vec<Step>) -> Cell {
        self.cell(distance, |values, file| {
            let steps = steps(file, &|order| values.fill(&file.text(order)));
            (vec![Credential::new(&[values.id(), values.secret()])], steps)
        })
    }
}

pub fn all() -> Vec<Cell> {
    FILES.iter().flat_map(of_file).collect()
}

fn of_file(file: &Lines) -> Vec<Cell> {
    let in_one_file = [
        ("1 line apart", "i1 s1"),
        ("5 lines apart", "i1 4 s1"),
        ("40 lines apart", "i1 39 s1"),
        ("400 lines apart", "i1 399 s1"),
        ("secret first, 1 line apart", "s1 i1"),
        ("secret first, 400 lines apart", "s1 399 i1"),
        ("two accounts, ids first", "i1 i2 s1 s2"),
        ("two accounts, interleaved", "i1 s1 i2 s2"),
        ("two accounts, secrets first", "s1 i1 s2 i2"),
        ("three accounts, ids first", "i1 i2 i3 s1 s2 s3"),
        ("three accounts, interleaved", "i1 s1 i2 s2 i3 s3"),
        ("three accounts, 20 lines between", "i1 s1 20 i2 s2 20 i3 s3"),
        ("two accounts, ids first, 20 lines between", "i1 i2 20 s1 s2"),
        ("two accounts, 5 lines within", "i1 5 s1 i2 5 s2"),
    ];
    let mut cells: Vec<Cell> = in_one_file.map(|(name, order)| file.in_one_file(name, order)).into();
    cells.extend(across(file));
    cells.extend(rotated(file));
    cells.extend(outside_of_files(file));
    cells
}

fn across(file: &Lines) -> [Cell; 6] {
    let commit = |path: &str, text: String| Step::file(path, text);
    [
        file.pair("two files of one commit", |file, fill| {
            let secret = ("conf/secret.txt".to_owned(), fill("s1").into_bytes());
            vec![Step::files(vec![(file.path.to_owned(), fill("i1").into_bytes()), secret])]
        }),
        file.pair("two folders of one commit", |file, fill| {
            let secret = ("other/secret.txt".to_owned(), fill("s1").into_bytes());
            vec![Step::files(vec![(file.path.to_owned(), fill("i1").into_bytes()), secret])]
        }),
        file.pair("two commits, one path", |file, fill| {
            vec![commit(file.path, fill("i1")), commit(file.path, fill("s1"))]
        }),
        file.pair("two commits, one path, secret added", |file, fill| {
            vec![commit(file.path, fill("i1")), commit(file.path, fill("i1 s1"))]
        }),
        file.pair("two commits, two paths of one folder", |_, fill| {
            vec![commit("conf/id.txt", fill("i1")), commit("conf/secret.txt", fill("s1"))]
        }),
        file.pair("merge only", |file, fill| {
            vec![Step::Merge { path: file.path.to_owned(), text: fill("i1 s1").into_bytes() }]
        }),
    ]
}

fn rotated(file: &Lines) -> [Cell; 3] {
    [
        file.cell("secret rotated alone", |values, file| {
            let rotated = file.text("i1 s1").replace("«secret»", "«secret2»");
            let steps = [file.text("i1 s1"), rotated].map(|text| Step::file(file.path, values.fill(&text)));
            let second = values.fill("«secret2»");
            let pairs = [values.secret(), &second].map(|secret| Credential::new(&[values.id(), secret]));
            (pairs.into(), steps.into())
        }),
        file.cell("secret rotated alone, twice", |values, file| {
            let text = |place: &str| file.text("i1 s1").replace("«secret»", place);
            let places = ["«secret»", "«secret2»", "«secret3»"];
            let steps = places.map(|place| Step::file(file.path, values.fill(&text(place))));
            let pairs = places.map(|place| Credential::new(&[values.id(), &values.fill(place)]));
            (pairs.into(), steps.into())
        }),
        file.cell("both rotated", |values, file| {
            let second = file.text("i1 s1").replace("«secret»", "«secret2»").replace("«id»", "«id2»");
            let pairs = [file.text("i1 s1"), second.clone()].map(|text| values.credentials(&text));
            let steps = [file.text("i1 s1"), second].map(|text| Step::file(file.path, values.fill(&text)));
            (pairs.concat(), steps.into())
        }),
    ]
}

fn outside_of_files(file: &Lines) -> [Cell; 4] {
    let nothing = || vec![("README".to_owned(), b"Of no interest.\n".to_vec())];
    let subject = "Add settings\n\n";
    [
        file.pair("a commit message", |_, fill| {
            vec![Step::Commit { message: subject.to_owned() + &fill("i1 s1"), files: nothing() }]
        }),
        file.pair("secret in a commit message, id in its file", |file, fill| {
            let files = vec![(file.path.to_owned(), fill("i1").into_bytes())];
            vec![Step::Commit { message: subject.to_owned() + &fill("s1"), files }]
        }),
        file.pair("an annotated tag", |_, fill| {
            vec![Step::files(nothing()), Step::Tag(subject.to_owned() + &fill("i1 s1"))]
        }),
        file.pair("a git note", |_, fill| vec![Step::files(nothing()), Step::Note(fill("i1 s1"))]),
    ]
}
