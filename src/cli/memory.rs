//! How the process gets its memory from the system.

/// Blocks of a mebibyte and more are taken from the system each by itself and given back when they are free.
///
/// Left alone, glibc raises that bound to the largest block ever freed and keeps what lies below it, in one arena a
/// thread: measured on boto/botocore with 32 threads, 360 MB instead of 200.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "glibc's switch has no safe wrapper")]
pub(super) fn give_back_large_blocks() {
    // SAFETY: sets a number, before any other thread runs.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn give_back_large_blocks() {}

/// Nothing of the process is written to disk when it crashes: its memory holds what it found.
///
/// A limit of one byte is less than any dump, and the one value that keeps the kernel from handing the memory to a program
/// (`core_pattern` with a pipe) as well: with 0 it would. See `core(5)`, and `do_coredump` in Linux' `fs/coredump.c`.
#[cfg(target_os = "linux")]
pub(super) fn no_core_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    let current = Some(maximum.map_or(1, |most| most.min(1)));
    // A limit can always be lowered.
    let _ = setrlimit(Resource::Core, Rlimit { current, maximum });
}

/// Other systems hand nothing to a program.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn no_core_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    // A limit can always be lowered.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

/// Windows writes none unless its registry says so.
#[cfg(not(unix))]
pub(super) fn no_core_dumps() {}
