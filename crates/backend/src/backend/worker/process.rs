//! A worker's process, its pipes, and how it ended.
//!
//! One thread serves all three pipes by `poll`, so that neither side can wait for the other forever: while the batch
//! is still being written, answers and chatter are already read.

use super::CAUSE;
use super::protocol::{HEADER, Header, ProtocolError};
use super::spawn::spawn;
use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What is read from a pipe at once.
const READ_BYTES: usize = 1 << 18;

/// How much of standard error is kept.
const LAST_WORDS: usize = 1 << 12;

/// How many of its lines are shown.
const LAST_LINES: usize = 5;

/// How often what stands in standard error is read from at the end. A full pipe is read in fewer; somebody who left the
/// process's group may go on writing forever.
const LAST_READS: usize = 1 << 9;

/// How soon a process that reads a batch makes room for more of it.
const READS_ON: Timespec = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };

/// How long a process that closed its output may take to end.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// Why an exchange with a worker came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing arrived in time.
    Hang,
    /// The process ended.
    Died(Death),
    /// What arrived is no answer.
    Broken(ProtocolError),
}

impl From<ProtocolError> for Trouble {
    fn from(error: ProtocolError) -> Self {
        Trouble::Broken(error)
    }
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Death {
    /// In words: `killed by SIGSEGV`.
    how: String,
    /// Whether somebody else ended it, as far as a signal can tell.
    pub(super) from_outside: bool,
    /// Whether it ended of its own will and with status 0, and not in the middle of something.
    pub(super) succeeded: bool,
    /// What it last wrote to standard error.
    last_words: String,
}

impl fmt::Display for Death {
    /// The cause on the first line, the last words below.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.how)?;
        if self.last_words.is_empty() { Ok(()) } else { write!(f, "\n{}", self.last_words) }
    }
}

/// A worker's process. Dropping it ends it and everything that it started.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    stderr: Option<ChildStderr>,
    outbox: Vec<u8>,
    sent: usize,
    inbox: Vec<u8>,
    taken: usize,
    /// Whether a header was taken and its payload not yet.
    inside_frame: bool,
    errors: Vec<u8>,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts `command`.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawn(command)?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("a child came without its pipes"));
        };
        let process = Self {
            child,
            stdin: Some(stdin),
            stdout,
            stderr: Some(stderr),
            outbox: Vec::new(),
            sent: 0,
            inbox: Vec::with_capacity(READ_BYTES),
            taken: 0,
            inside_frame: false,
            errors: Vec::new(),
            status: None,
        };
        process.prepare_pipes()?;
        Ok(process)
    }

    fn prepare_pipes(&self) -> io::Result<()> {
        let (stdin, stderr) = (self.stdin.as_ref().map(AsFd::as_fd), self.stderr.as_ref().map(AsFd::as_fd));
        for pipe in [Some(self.stdout.as_fd()), stdin, stderr].into_iter().flatten() {
            rustix::io::ioctl_fionbio(pipe, true)?;
            // Larger pipes mean fewer switches between the two processes; where they aren't granted, small ones do.
            #[cfg(target_os = "linux")]
            let _ = rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20);
        }
        Ok(())
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What is to be written next. It is written while answers are awaited.
    pub(super) fn outbox(&mut self) -> &mut Vec<u8> {
        if self.sent == self.outbox.len() {
            self.outbox.clear();
            self.sent = 0;
        }
        &mut self.outbox
    }

    /// Writes all that is to be written.
    pub(super) fn flush(&mut self, deadline: Instant) -> Result<(), Trouble> {
        while self.stdin.is_some() && self.sent < self.outbox.len() {
            self.pump(deadline)?;
        }
        Ok(())
    }

    /// Writes what its pipe holds; and more, where it is idle and so reads on at once.
    pub(super) fn write_ahead(&mut self, idle: bool) {
        let patience = if idle { READS_ON } else { Timespec { tv_sec: 0, tv_nsec: 0 } };
        while let Some(pipe) = self.stdin.as_ref().filter(|_| self.sent < self.outbox.len()) {
            match poll(&mut [PollFd::new(pipe, PollFlags::OUT)], Some(&patience)) {
                // A process that is gone is writable, and writing finds it gone.
                Ok(1..) => self.write(),
                // It computes, or is stuck: who waits for its answers sees to the rest.
                _ => return,
            }
        }
    }

    /// Ends its input.
    pub(super) fn close(&mut self) {
        self.stdin = None;
    }

    /// The next frame's header.
    pub(super) fn header(&mut self, deadline: Instant) -> Result<Header, Trouble> {
        let mut bytes = [0; HEADER];
        bytes.copy_from_slice(self.take(HEADER, deadline)?);
        self.inside_frame = true;
        Ok(Header::parse(&bytes)?)
    }

    /// That frame's payload of `length` bytes.
    pub(super) fn payload(&mut self, length: usize, deadline: Instant) -> Result<&[u8], Trouble> {
        self.take(length, deadline)?;
        self.inside_frame = false;
        Ok(&self.inbox[self.taken - length..self.taken])
    }

    fn take(&mut self, length: usize, deadline: Instant) -> Result<&[u8], Trouble> {
        while self.inbox.len() - self.taken < length {
            self.pump(deadline)?;
        }
        self.taken += length;
        Ok(&self.inbox[self.taken - length..self.taken])
    }

    /// Waits until something moves, and moves it.
    fn pump(&mut self, deadline: Instant) -> Result<(), Trouble> {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: left.as_secs().min(1 << 31) as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let writing = self.stdin.as_ref().filter(|_| self.sent < self.outbox.len());
        let mut pipes = Vec::with_capacity(3);
        pipes.push(PollFd::new(&self.stdout, PollFlags::IN));
        pipes.extend(writing.map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
        pipes.extend(self.stderr.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        match poll(&mut pipes, Some(&timeout)) {
            Ok(0) => return Err(self.silence()),
            Ok(_) | Err(Errno::INTR) => {}
            // Nothing but a lack of kernel memory is left; the process can't be served any more.
            Err(_) => return Err(Trouble::Died(self.bury())),
        }
        let has_errors = self.stderr.is_some() && pipes.last().is_some_and(|pipe| !pipe.revents().is_empty());
        self.write();
        if has_errors {
            self.read_errors();
        }
        let had = self.inbox.len() - self.taken;
        if !self.read_answers() {
            return Err(Trouble::Died(self.bury()));
        }
        // Chatter on standard error keeps `poll` from timing out, but it is no answer.
        let silent = self.inbox.len() - self.taken == had;
        if silent && left.is_zero() { Err(self.silence()) } else { Ok(()) }
    }

    /// What it is when nothing comes: a process that is gone leaves its pipes open where it started another one.
    fn silence(&mut self) -> Trouble {
        if self.has_ended() { Trouble::Died(self.bury()) } else { Trouble::Hang }
    }

    /// Whether it has ended. It is left as a zombie until its group is killed: until then its id is nobody else's.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.pid().is_none_or(|id| !matches!(waitid(WaitId::Pid(id), options), Ok(None)))
    }

    fn write(&mut self) {
        let Some(pipe) = self.stdin.as_ref().filter(|_| self.sent < self.outbox.len()) else { return };
        match rustix::io::write(pipe, &self.outbox[self.sent..]) {
            Ok(written) => self.sent += written,
            Err(Errno::AGAIN | Errno::INTR) => {}
            // It closed its input; whether that is its death shows on its output.
            Err(_) => self.stdin = None,
        }
    }

    /// Whether more may come.
    fn read_answers(&mut self) -> bool {
        if self.taken == self.inbox.len() {
            self.inbox.clear();
            self.taken = 0;
        } else if self.taken > READ_BYTES {
            self.inbox.drain(..self.taken);
            self.taken = 0;
        }
        !matches!(read(&self.stdout, &mut self.inbox, READ_BYTES), Ok(0))
    }

    /// Whether more may stand there already.
    fn read_errors(&mut self) -> bool {
        let Some(pipe) = &self.stderr else { return false };
        let read = read(pipe, &mut self.errors, LAST_WORDS);
        if read == Ok(0) {
            self.stderr = None;
        }
        self.errors.drain(..self.errors.len().saturating_sub(LAST_WORDS));
        matches!(read, Ok(1..))
    }

    /// How it ended. It is ended if it only closed its output.
    pub(super) fn bury(&mut self) -> Death {
        let inside_frame = self.inside_frame || self.taken < self.inbox.len();
        let closed = Instant::now();
        let mut ended = self.has_ended();
        while !ended && closed.elapsed() < LAST_BREATH {
            thread::sleep(Duration::from_micros(200));
            ended = self.has_ended();
        }
        let mut reads = 0..LAST_READS;
        while reads.next().is_some() && self.read_errors() {}
        let status = self.end();
        let (mut how, from_outside) = match (status, self.cause()) {
            _ if !ended => ("closed its standard output and went on".to_owned(), false),
            (Some(status), Some(cause)) if status.signal().is_some() => (cause, false),
            (Some(status), _) => describe(status),
            (None, _) => ("ended in a way that the system doesn't tell".to_owned(), false),
        };
        if inside_frame {
            how.push_str(" inside a frame");
        }
        let succeeded = ended && !inside_frame && status.is_some_and(|status| status.success());
        Death { how, from_outside, succeeded, last_words: self.last_words() }
    }

    /// The last lines of its standard error.
    pub(super) fn last_words(&self) -> String {
        let lines: Vec<_> = self.lines().into_iter().filter(|line| !line.starts_with(CAUSE)).collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }

    /// What a plugin's process said that it dies of.
    fn cause(&self) -> Option<String> {
        self.lines().iter().rev().find_map(|line| line.strip_prefix(CAUSE)).map(str::to_owned)
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.errors);
        let printable = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
        text.lines().map(printable).filter(|line| !line.trim().is_empty()).collect()
    }

    /// Its resident memory in bytes, where the system tells.
    pub(super) fn resident(&self) -> Option<u64> {
        let pages = std::fs::read_to_string(format!("/proc/{}/statm", self.id())).ok()?;
        let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64)
    }

    /// Kills it with all that it started, and waits for it. Does nothing the second time.
    fn end(&mut self) -> Option<ExitStatus> {
        self.stdin = None;
        if self.status.is_none() {
            if let Some(id) = self.pid() {
                // It may have left its group already; then there is nothing to kill.
                let _ = kill_process_group(id, Signal::KILL);
            }
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
        }
        self.status
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Appends what `pipe` holds, up to some `size` bytes. 0 is its end; where it holds nothing yet that is an error.
fn read(pipe: impl AsFd, bytes: &mut Vec<u8>, size: usize) -> Result<usize, Errno> {
    bytes.reserve(size);
    rustix::io::read(pipe, spare_capacity(bytes))
}

/// How a process ended, and whether the signal is one that comes from outside.
fn describe(status: ExitStatus) -> (String, bool) {
    const FAULTS: [(Signal, &str); 8] = [
        (Signal::SEGV, "SIGSEGV"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::SYS, "SIGSYS"),
        (Signal::PIPE, "SIGPIPE"),
    ];
    const FROM_OUTSIDE: [(Signal, &str); 5] = [
        (Signal::KILL, "SIGKILL"),
        (Signal::TERM, "SIGTERM"),
        (Signal::INT, "SIGINT"),
        (Signal::HUP, "SIGHUP"),
        (Signal::QUIT, "SIGQUIT"),
    ];
    let named = |signal: i32, names: &[(Signal, &'static str)]| {
        names.iter().find(|(known, _)| known.as_raw() == signal).map(|(_, name)| *name)
    };
    match (status.code(), status.signal()) {
        (Some(code), _) => (format!("exited with status {code}"), false),
        (None, Some(signal)) => match (named(signal, &FAULTS), named(signal, &FROM_OUTSIDE)) {
            (_, Some(name)) => (format!("killed by {name}"), true),
            (Some(name), None) => (format!("killed by {name}"), false),
            (None, None) => (format!("killed by signal {signal}"), false),
        },
        (None, None) => (status.to_string(), false),
    }
}
