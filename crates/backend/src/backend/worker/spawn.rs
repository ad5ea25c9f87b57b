//! Starting a child that can't outlive this process.
//!
//! A child notices the end of its standard input, unless it hangs inside its engine; then only the kernel can end it
//! when convdiff is killed. Linux does (`PR_SET_PDEATHSIG`); elsewhere a child that hangs at that moment stays.

use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, OnceLock, mpsc};
use std::thread;

type Request = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts `command` as the leader of a process group of its own, to be killed when this process ends.
///
/// # Errors
/// The system's.
pub(super) fn spawn(mut command: Command) -> io::Result<Child> {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
    die_with_parent(&mut command);
    let (answer, answered) = mpsc::channel();
    let gone = || io::Error::other("the thread that starts workers is gone");
    spawner()?.send((command, answer)).map_err(|_| gone())?;
    answered.recv().map_err(|_| gone())?
}

/// The one thread that starts children. The kernel's "parent" is the thread that forked: were it a thread of a pool,
/// the children would be killed with the pool.
fn spawner() -> io::Result<mpsc::Sender<Request>> {
    static SPAWNER: OnceLock<Mutex<Option<mpsc::Sender<Request>>>> = OnceLock::new();

    let mut slot = SPAWNER.get_or_init(Mutex::default).lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(sender) = slot.as_ref() {
        return Ok(sender.clone());
    }
    let (sender, requests) = mpsc::channel::<Request>();
    thread::Builder::new().name("start workers".to_owned()).spawn(move || {
        for (mut command, answer) in requests {
            // The asker waits; were it gone, the child would be dropped unwaited, but it can't be.
            let _ = answer.send(command.spawn());
        }
    })?;
    Ok(slot.insert(sender).clone())
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn die_with_parent(command: &mut Command) {
    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
    use std::os::unix::process::CommandExt;

    let parent = getpid();
    let prepare = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have died before the line above.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    };
    // SAFETY: between fork and exec `prepare` makes two system calls and touches no memory but its own stack: no lock,
    // no allocation (an `io::Error` of a kind or an errno holds none).
    unsafe {
        command.pre_exec(prepare);
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: &mut Command) {}
