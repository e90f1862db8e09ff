//! Zips, and all that are zips: jar, docx, xlsx, apk, whl.

use super::{Problem, codec::Codec, open::Out};
use memchr::memmem;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

/// How a member's own header begins.
const LOCAL: &[u8] = b"PK\x03\x04";

/// Unwraps each member. Where the directory at the end is missing or damaged, the members' own headers lead.
pub(super) fn open(bytes: &[u8], out: &mut Out<'_>) {
    match ZipArchive::from_slice(bytes) {
        Ok(archive) => listed(&archive, out),
        Err(error) => {
            out.problem(Problem::damaged("zip", error.to_string()));
            unlisted(bytes, out);
        }
    }
}

fn listed(archive: &ZipSliceArchive<&[u8]>, out: &mut Out<'_>) {
    let (mut entries, mut end) = (archive.entries(), 0);
    while out.goes_on("zip") {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return,
            Err(error) => {
                out.problem(Problem::damaged("zip", error.to_string()));
                return unlisted(archive.get_ref().get(end..).unwrap_or_default(), out);
            }
        };
        if entry.is_dir() {
            continue;
        }
        let layer = layer(entry.file_path().as_bytes());
        match archive.get_entry(entry.wayfinder()) {
            Ok(found) => {
                end = end.max(found.compressed_data_range().1 as usize);
                member(&layer, entry.compression_method(), entry.flags().is_encrypted(), found.data(), out);
            }
            // Its place lies outside of what is left of the file.
            Err(error) => out.problem(Problem::damaged(&layer, error.to_string())),
        }
    }
}

/// Goes from one member's own header to the next.
fn unlisted(bytes: &[u8], out: &mut Out<'_>) {
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, LOCAL)
        && out.goes_on("zip")
    {
        rest = &rest[at..];
        let Some(header) = Header::read(rest) else { return };
        let Some(data) = rest.get(header.data..) else { return };
        let announced = if header.sized { header.packed } else { data.len() };
        let stored = header.method == CompressionMethod::STORE;
        let data = match data.get(..announced) {
            // Stored bytes do not say where they end; the next record does.
            Some(data) if stored && !header.sized => &data[..memmem::find(data, b"PK").unwrap_or(data.len())],
            Some(data) => data,
            None => data,
        };
        let read = member(&layer(header.name), header.method, header.encrypted, data, out);
        rest = rest.get(header.data + read..).unwrap_or_default();
    }
}

/// Unwraps one member; gives how many bytes of it were read.
fn member(layer: &str, method: CompressionMethod, encrypted: bool, data: &[u8], out: &mut Out<'_>) -> usize {
    if encrypted {
        out.problem(Problem::Encrypted(layer.to_owned()));
        return 0;
    }
    let codec = match method {
        CompressionMethod::STORE => Codec::Stored,
        CompressionMethod::DEFLATE => Codec::Deflate,
        other => {
            out.problem(Problem::unsupported(layer, format!("packed with method {}", other.as_u16())));
            return 0;
        }
    };
    out.stream(layer, codec, data)
}

fn layer(name: &[u8]) -> String {
    format!("zip:{}", String::from_utf8_lossy(name))
}

/// What a member's own header says.
struct Header<'a> {
    name: &'a [u8],
    method: CompressionMethod,
    encrypted: bool,
    /// Whether the packed size is known here; else it follows the data.
    sized: bool,
    packed: usize,
    /// Where the data begins.
    data: usize,
}

impl<'a> Header<'a> {
    /// The header at the start of `bytes`; `None` if it is cut short.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 30] = bytes.first_chunk()?;
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let packed = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
        let name_end = 30 + usize::from(short(26));
        Some(Self {
            name: bytes.get(30..name_end)?,
            method: CompressionMethod::new(short(8)),
            encrypted: short(6) & 1 != 0,
            // All ones: the size stands in the extra fields, as it is too large for here.
            sized: short(6) & 8 == 0 && packed != u32::MAX,
            packed: packed as usize,
            data: name_end + usize::from(short(28)),
        })
    }
}
