//! Compressed files and archives, made by the crates that write them.

use super::{super::cell::Group, Encoding, whole, whole_named};
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Files, each with its path, become an archive.
type Packer = fn(&[(&str, &[u8])]) -> Vec<u8>;

pub fn all() -> Vec<Encoding> {
    let compressed = |name, ending, how: fn(&[u8]) -> Vec<u8>| whole(Group::Containers, name, ending, how);
    let packed = |name: &str, archive: &'static str, how: Packer| {
        whole_named(Group::Containers, name, move |path, text| {
            let files = [("docs/README.txt", b"Of no interest.\n".as_slice()), (path, text.as_bytes())];
            (archive.to_owned(), how(&files))
        })
    };
    vec![
        compressed("gzip", ".gz", gzip),
        compressed("gzip, two members", ".gz", |bytes| {
            let (first, second) = bytes.split_at(bytes.len() / 3);
            [gzip(first), gzip(second)].concat()
        }),
        compressed("bzip2", ".bz2", bzip2),
        compressed("xz", ".xz", xz),
        compressed("zstd", ".zst", zstd),
        compressed("bzip2, a larger file", ".bz2", |bytes| bzip2(&larger(bytes))),
        compressed("xz, a larger file", ".xz", |bytes| xz(&larger(bytes))),
        compressed("zstd, a larger file", ".zst", |bytes| zstd(&larger(bytes))),
        packed("zip", "backup.zip", zip),
        packed("zip, stored", "stored.zip", |files| zip_by(files, CompressionMethod::Stored)),
        packed("jar", "app.jar", |files| {
            zip(&[&[("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n".as_slice())], files].concat())
        }),
        packed("tar", "backup.tar", tar),
        packed("tar.gz", "backup.tar.gz", |files| gzip(&tar(files))),
        packed("tar.bz2", "backup.tar.bz2", |files| bzip2(&tar(files))),
        packed("tar.xz", "backup.tar.xz", |files| xz(&tar(files))),
        packed("tar.zst", "backup.tar.zst", |files| zstd(&tar(files))),
        packed("7z", "backup.7z", seven_zip),
        packed("7z, a larger file", "large.7z", |files| {
            let larger: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (*path, larger(bytes))).collect();
            let larger: Vec<(&str, &[u8])> = larger.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
            seven_zip(&larger)
        }),
    ]
}

/// `bytes` among so much other text that compressing it pays: some codecs store a few hundred bytes as they are.
fn larger(bytes: &[u8]) -> Vec<u8> {
    let notes = |n: u32| -> String {
        (n..n + 300).map(|n| format!("# note {n}: nothing in particular, see {}\n", n * 37)).collect()
    };
    [notes(1).as_bytes(), bytes, notes(1_000).as_bytes()].concat()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(6)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_by(files, CompressionMethod::Deflated)
}

fn zip_by(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(*path, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        writer.append_data(&mut header, path, *bytes).unwrap();
    }
    writer.into_inner().unwrap()
}

fn seven_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in files {
        let entry = sevenz_rust2::ArchiveEntry::new_file(path);
        writer.push_archive_entry(entry, Some(*bytes)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
