//! Memory for tensors, with fences that nobody can step over unseen.
//!
//! Each tensor has a mapping of its own: a fence, room, a fence. Fences are pages that may be neither read nor written, so
//! that who does dies of it, and the last thing that this process says is whose fence it was. A tensor lies at the
//! beginning of its room or at the end, hard against that fence, to the byte.
#![allow(unsafe_code)]

use crate::backend::worker::CAUSE;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::ffi::{c_int, c_void};
use std::io::{self, Write};
use std::ptr::NonNull;
use std::slice;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a fence. Costs addresses, no memory; so much that who misses a tensor by some megabytes doesn't land at another one.
const FENCE: usize = if usize::BITS < 64 { 1 << 24 } else { 1 << 30 };

/// Who is further off than this, and than the tensor is long, need not have meant the tensor whose fence that is.
const NEAR: usize = 1 << 20;

/// Which fence a tensor touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one in front of it.
    Before,
    /// The one behind it.
    Behind,
}

/// A tensor's name, which is its member's in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Input,
    Weights,
    Bias,
    Output,
}

impl Name {
    const ALL: [(Name, &str); 4] =
        [(Name::Input, "input"), (Name::Weights, "weights"), (Name::Bias, "bias"), (Name::Output, "output")];
}

/// Room for one tensor.
#[derive(Debug)]
pub(super) struct Tensor {
    name: Name,
    /// The first byte of the first fence; dangling while there is no room.
    mapping: NonNull<u8>,
    /// Bytes between the fences.
    room: usize,
    /// Where the elements begin, in bytes from the first fence's end.
    start: usize,
    /// Elements.
    len: usize,
}

// SAFETY: the mapping is this tensor's alone; nothing about it belongs to a thread.
unsafe impl Send for Tensor {}

impl Tensor {
    pub(super) fn new(name: Name) -> Self {
        Self { name, mapping: NonNull::dangling(), room: 0, start: 0, len: 0 }
    }

    /// Lays `len` elements against the fence on `side`. They hold whatever was there.
    ///
    /// # Errors
    /// The system's: there is no memory.
    pub(super) fn lay(&mut self, len: usize, side: Side) -> io::Result<&mut [f32]> {
        let bytes = len * size_of::<f32>();
        if bytes > self.room {
            self.grow(bytes)?;
        }
        self.start = if side == Side::Before { 0 } else { self.room - bytes };
        self.len = len;
        let watched = &WATCHED[self.name as usize];
        watched.mapping.store(self.mapping.addr().get(), Ordering::Relaxed);
        watched.room.store(self.room, Ordering::Relaxed);
        watched.start.store(self.start, Ordering::Relaxed);
        watched.len.store(len, Ordering::Relaxed);
        // SAFETY: `len` elements from there lie between the fences, are aligned (a room is whole pages and elements are
        // four bytes), and are of a type that any bytes are a value of; the borrow is the only one.
        Ok(unsafe { slice::from_raw_parts_mut(self.as_mut_ptr(), len) })
    }

    /// Where the elements begin, for foreign code.
    pub(super) fn as_mut_ptr(&mut self) -> *mut f32 {
        if self.room == 0 {
            return NonNull::dangling().as_ptr();
        }
        // SAFETY: `start` is at most the room, which lies in the mapping.
        unsafe { self.mapping.add(FENCE + self.start) }.cast().as_ptr()
    }

    /// The elements.
    pub(super) fn elements(&mut self) -> &[f32] {
        // SAFETY: as in `lay`.
        unsafe { slice::from_raw_parts(self.as_mut_ptr(), self.len) }
    }

    fn grow(&mut self, bytes: usize) -> io::Result<()> {
        *self = Self::new(self.name);
        let room = bytes.max(rustix::param::page_size()).next_power_of_two();
        // SAFETY: a new mapping, which nothing refers to.
        let mapping = unsafe {
            mmap_anonymous(std::ptr::null_mut(), FENCE + room + FENCE, ProtFlags::empty(), MapFlags::PRIVATE)?
        };
        (self.mapping, self.room) = (NonNull::new(mapping.cast()).ok_or(io::ErrorKind::OutOfMemory)?, room);
        // SAFETY: these pages lie in the mapping above.
        unsafe { mprotect(mapping.byte_add(FENCE), room, MprotectFlags::READ | MprotectFlags::WRITE)? };
        Ok(())
    }
}

impl Drop for Tensor {
    fn drop(&mut self) {
        if self.room > 0 {
            // SAFETY: it is this tensor's mapping, and its borrows have ended. It can't fail.
            let _ = unsafe { munmap(self.mapping.as_ptr().cast(), FENCE + self.room + FENCE) };
        }
    }
}

/// Where the tensors lie that foreign code was given last. A process that serves a plugin has one session.
static WATCHED: [Watched; Name::ALL.len()] = [const { Watched::nothing() }; Name::ALL.len()];

/// A [`Tensor`], as a signal handler can read it.
struct Watched {
    mapping: AtomicUsize,
    room: AtomicUsize,
    start: AtomicUsize,
    len: AtomicUsize,
}

impl Watched {
    const fn nothing() -> Self {
        let [mapping, room, start, len] = [const { AtomicUsize::new(0) }; 4];
        Self { mapping, room, start, len }
    }

    /// Whether `address` is in a fence: in front or behind, and whether that is near.
    fn find(&self, address: usize) -> Option<(Side, bool)> {
        let [mapping, room, len] = [&self.mapping, &self.room, &self.len].map(|part| part.load(Ordering::Relaxed));
        let at = address.checked_sub(mapping).filter(|&at| mapping != 0 && at < FENCE + room + FENCE)?;
        let (side, off) = match at {
            _ if at < FENCE => (Side::Before, FENCE - at),
            _ if at >= FENCE + room => (Side::Behind, at - FENCE - room),
            _ => return None,
        };
        Some((side, off <= NEAR.max(len * size_of::<f32>())))
    }

    /// Which element would lie at `address`, counted from the first.
    fn element(&self, address: usize) -> isize {
        let [mapping, start] = [&self.mapping, &self.start].map(|part| part.load(Ordering::Relaxed));
        (address as isize).wrapping_sub_unsigned(mapping + FENCE + start).div_euclid(size_of::<f32>() as isize)
    }
}

/// From now on a process that dies at a fence says so: a line that begins with [`CAUSE`], and one with the place.
pub(super) fn watch() {
    BEFORE.get_or_init(|| {
        SIGNALS.map(|signal| {
            // SAFETY: zeros are a value of this struct of integers, and with no action given `sigaction` only fills it.
            unsafe {
                let mut before = std::mem::zeroed();
                libc::sigaction(signal, std::ptr::null(), &raw mut before);
                before
            }
        })
    });
    for signal in SIGNALS {
        // SAFETY: as above; no signal is blocked meanwhile, and `on_fault` has the type that SA_SIGINFO wants and does
        // only what a handler may.
        unsafe {
            let mut ours: libc::sigaction = std::mem::zeroed();
            ours.sa_sigaction = on_fault as *const () as usize;
            // On the stack that Rust has for it, since an overflow of the stack is a fault as well.
            ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(signal, &raw const ours, std::ptr::null_mut());
        }
    }
}

/// What systems send for a page that may not be touched.
const SIGNALS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// What was done about [`SIGNALS`] before: Rust's runtime tells overflows of the stack.
static BEFORE: OnceLock<[libc::sigaction; 2]> = OnceLock::new();

/// Says whose fence the fault is at, if it is at one, and lets the signal take its course: the handler that was there
/// before is put back, and the instruction that faulted does it again.
///
/// Allocates and locks nothing: it reads atomics and writes to a descriptor.
extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a handler with SA_SIGINFO a valid `info`, with an address for these signals.
    let address = unsafe { (*info).si_addr() }.addr();
    let at = Name::ALL.iter().zip(&WATCHED).find_map(|(name, watched)| Some((name, watched, watched.find(address)?)));
    if let Some(((_, name), watched, (side, near))) = at {
        let did = access(context);
        let place = if side == Side::Before { "before the start" } else { "past the end" };
        let (element, len) = (watched.element(address), watched.len.load(Ordering::Relaxed));
        let mut text = [0; 256];
        let mut free = &mut text[..];
        // It fits. And where standard error is gone nobody listens.
        let _ = if near {
            writeln!(free, "\n{CAUSE}the plugin {did} {place} of its {name}\nat element {element} of {len}")
        } else {
            let far = "at an address far from every tensor";
            writeln!(
                free,
                "\n{CAUSE}the plugin {did} {far}\nthe nearest is its {name}: there it is element {element} of {len}"
            )
        };
        let unused = free.len();
        let _ = rustix::io::write(io::stderr(), &text[..text.len() - unused]);
    }
    for (known, before) in SIGNALS.iter().zip(BEFORE.get().into_iter().flatten()) {
        if *known == signal {
            // SAFETY: it is what `sigaction` returned for this signal.
            unsafe { libc::sigaction(signal, before, std::ptr::null_mut()) };
        }
    }
}

/// What the instruction that faulted did.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn access(context: *mut c_void) -> &'static str {
    // Bit 1 of the page fault's error code: Intel's manual, volume 3, section 4.7.
    const WRITE: i64 = 1 << 1;
    // SAFETY: on this platform that is what a handler with SA_SIGINFO gets.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    if registers[libc::REG_ERR as usize] & WRITE == 0 { "read" } else { "wrote" }
}

/// Elsewhere nothing says whether it read or wrote.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn access(_: *mut c_void) -> &'static str {
    "reached"
}
