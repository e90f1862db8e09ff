//! Data: images, fonts, maps of sources, sequences, compressed and random bytes.

use super::{
    super::{
        encodings::{base64, gzip, zip},
        key_types::{letters, noise},
    },
    Keys, Negative, at, keys,
};

pub fn all() -> Vec<Negative> {
    let mut all = text();
    all.extend(base32());
    all.extend(binary());
    all
}

/// An id's form, made when called for.
fn id(keys: &mut Keys, prefix: &str) -> String {
    prefix.to_owned() + &keys.id()[4..]
}

fn text() -> Vec<Negative> {
    let mut keys = keys("data, text");
    let png = base64(&[b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), noise(&mut keys, 6_000)].concat());
    let font = base64(&[b"wOF2\0\x01\0\0".to_vec(), noise(&mut keys, 20_000)].concat());
    let wrapped: String = base64(&noise(&mut keys, 5_000))
        .as_bytes()
        .chunks(40)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
        .collect();
    let minified: String = (0..400)
        .map(|_| {
            let [a, b, c] = [(); 3].map(|()| letters(&mut keys, 3));
            format!(
                "function {a}({b}){{return this.{c}&&{b}.accessKeyId===this.secretAccessKey.length?{a}.{b}:void 0}}"
            )
        })
        .collect();
    let vlq = b"ACDEFGHIJKLMNOPQRSTUVWXYZ";
    let mappings: String = (0..3_000)
        .map(|n| match n % 50 {
            0 => ["AK", "IA,"].concat(),
            25 => ["AS", "IA;"].concat(),
            _ => (0..4).map(|_| char::from(*keys.pick(vlq))).collect::<String>() + ",",
        })
        .collect();
    vec![
        at("image in CSS", "site.css", format!(".logo {{ background: url(data:image/png;base64,{png}); }}\n")),
        at(
            "image in HTML",
            "mail.html",
            format!("<img alt=\"AWS secret access key\" src=\"data:image/png;base64,{png}\">\n"),
        ),
        at("font in CSS", "fonts.css", format!("@font-face {{ src: url(data:font/woff2;base64,{font}) }}\n")),
        at("base64 in lines of forty", "blob.txt", wrapped),
        at("minified JavaScript", "app.min.js", minified),
        at(
            "source map",
            "app.js.map",
            format!("{{\"version\":3,\"names\":[\"secretAccessKey\"],\"mappings\":\"{mappings}\"}}\n"),
        ),
    ]
}

fn base32() -> Vec<Negative> {
    let mut keys = keys("data, base32");
    let mut run =
        |length: usize, alphabet: &[u8]| -> String { (0..length).map(|_| char::from(*keys.pick(alphabet))).collect() };
    let base32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let blob: String = (0..40).map(|_| run(56, base32) + "\n").collect();
    let with = |text: &str, prefix: [&str; 2]| text.replace('\n', &(prefix.concat() + "\n"));
    let lines_of_64: String =
        (0..40).map(|n| [["AK", "IA"], ["AS", "IA"]][n % 2].concat() + &run(60, base32) + "\n").collect();
    let dna: String = (0..60).map(|n| format!(">seq{n}\n{}\n", ["AC", "CA"].concat() + &run(66, b"ACGT"))).collect();
    let primers: String =
        (0..60).map(|n| format!("primer_{n}\t{}\n", ["AC", "CA"].concat() + &run(16, b"ACGT"))).collect();
    let proteins: String = (0..60)
        .map(|n| {
            format!(
                ">sp|P{n}\n{}\n",
                run(20, b"ACDEFGHIKLMNPQRSTVWY") + &["AK", "IA"].concat() + &run(36, b"ACDEFGHIKLMNPQRSTVWY")
            )
        })
        .collect();
    vec![
        at("base32, AKIA at ends of lines", "seeds.txt", with(&blob, ["AK", "IA"])),
        at("base32, AKIA at starts of lines", "otp.txt", lines_of_64),
        at("base32, one line", "onion.txt", blob.replace('\n', &["AS", "IA"].concat())),
        at("DNA", "genome.fasta", dna),
        at("DNA, primers of twenty", "primers.tsv", primers),
        at("proteins", "proteome.fasta", proteins),
    ]
}

fn binary() -> Vec<Negative> {
    let mut keys = keys("data, binary");
    let random = noise(&mut keys, 200_000);
    let million = base64(&noise(&mut keys, 786_432));
    // An id's form within a line, as chance would bring it in a larger one.
    let (start, end) = million.split_at(500_001);
    let line = start.to_owned() + &id(&mut keys, "AKIA") + end;
    let wrapped: String =
        million.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect();
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), random[..100_000].to_vec()].concat();
    vec![
        at("random bytes", "noise.bin", random.clone()),
        at("PNG", "photo.png", png),
        at("gzip of random bytes", "noise.gz", gzip(&random)),
        at("zip of random bytes", "noise.zip", zip(&[("noise.bin", &random)])),
        at("1 MB of base64", "large.b64", line),
        at("1 MB of base64 in lines of 76", "large.pem", wrapped),
        at("1 MB of base64 of base64", "twice.b64", base64(million.as_bytes())),
    ]
}
