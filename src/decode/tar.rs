//! Tars, with or without the mark of POSIX.

use super::{
    Problem,
    codec::{self, Stop},
    open::Out,
};
use std::io;
use tar::{Archive, EntryType};

/// A header, and the unit of everything.
const BLOCK: usize = 512;

/// Whether `bytes` begin with a member's header: its checksum is right. Ordinary text is seen not to by two of its bytes.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<BLOCK>() else { return false };
    // The name ends with a zero or fills its field; the numbers behind it end with a zero or a space.
    matches!(header[107], 0 | b' ') && (header[99] == 0 || header[257..].starts_with(b"ustar")) && is_summed(header)
}

fn is_summed(header: &[u8; BLOCK]) -> bool {
    let field = header[148..156].trim_ascii();
    let digits = field.split(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
    let stated = digits.iter().try_fold(0, |sum, digit| Some(sum << 3 | char::from(*digit).to_digit(8)?));
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    // The checksum is made with spaces in its own place.
    let own: u32 = header[148..156].iter().map(|&byte| u32::from(byte)).sum();
    !digits.is_empty() && stated == Some(sum - own + 8 * u32::from(b' '))
}

/// Unwraps each member. Behind a damaged header the next good one is looked for.
pub(super) fn open(bytes: &[u8], out: &mut Out<'_>) {
    let mut from = 0;
    while let Some(end) = members(bytes, from, out) {
        let next = (end..bytes.len()).step_by(BLOCK).find(|&at| recognise(&bytes[at..]));
        let Some(next) = next else { return };
        from = next;
    }
}

/// Unwraps the members from `from` on; gives where to go on behind a header that cannot be read.
fn members(bytes: &[u8], from: usize, out: &mut Out<'_>) -> Option<usize> {
    let mut archive = Archive::new(&bytes[from..]);
    archive.set_ignore_zeros(true);
    let (mut entries, mut end) = (archive.entries().ok()?, from);
    while out.goes_on("tar") {
        let mut entry = match codec::guarded(|| entries.next().transpose().map_err(Stop::from)) {
            Ok(entry) => entry?,
            Err(_) => {
                out.problem(Problem::damaged("tar", format!("no header of a member at byte {end} or behind it")));
                return Some(end + BLOCK);
            }
        };
        let data = from + entry.raw_file_position() as usize;
        let kind = entry.header().entry_type();
        let packed =
            entry.header().entry_size().unwrap_or(0).min((bytes.len() - data.min(bytes.len())) as u64) as usize;
        end = data + packed.next_multiple_of(BLOCK);
        if matches!(kind, EntryType::Directory | EntryType::Link | EntryType::Symlink) {
            continue;
        }
        let layer = format!("tar:{}", String::from_utf8_lossy(&entry.path_bytes()));
        let size = entry.size();
        out.stream(&layer, packed, |most, text| {
            let end = codec::guarded(|| codec::drain(io::Read::by_ref(&mut entry), most, text));
            (packed, end.and_then(|()| if (text.len() as u64) < size { Err(Stop::cut()) } else { Ok(()) }))
        });
    }
    None
}
