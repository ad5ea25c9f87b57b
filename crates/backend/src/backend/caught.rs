//! Panics of a backend, turned into failures.

use super::{Failure, Session};
use crate::operands::Case;
use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::sync::Once;

/// What the panic hook shall do with a panic of this thread.
enum Hook {
    /// Nothing of ours is running: the hook that was there before decides.
    PassOn,
    /// A backend is running: record, and say nothing.
    Record(Option<String>),
}

thread_local! {
    static HOOK: RefCell<Hook> = const { RefCell::new(Hook::PassOn) };
}

/// Runs one problem; a panic becomes [`Failure::Crash`] with its message and place.
///
/// The panic is not printed; panics of anything else go to the hook that was set before, as ever. A session that
/// panicked is used again: whatever it keeps between runs it must set up anew for each.
///
/// # Errors
/// What the session returned, or the panic.
pub fn run_caught<S: Session + ?Sized>(session: &mut S, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
    catch(|| session.run(case, output)).unwrap_or_else(|message| Err(Failure::Crash(message)))
}

/// Runs `work`; a panic becomes its message and place.
///
/// # Errors
/// `message at file:line`.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install();
    let before = HOOK.replace(Hook::Record(None));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let hook = HOOK.replace(before);
    result.map_err(|payload| match hook {
        Hook::Record(Some(recorded)) => recorded,
        // A panic that another thread began, and an engine's thread pool carried here, passes no hook on this one.
        Hook::Record(None) | Hook::PassOn => message(payload.as_ref()).to_owned(),
    })
}

/// Sets the panic hook, once for the process.
fn install() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let recorded = HOOK.with_borrow_mut(|hook| match hook {
                Hook::PassOn => false,
                Hook::Record(slot) => {
                    *slot = Some(describe(info));
                    true
                }
            });
            if !recorded {
                previous(info);
            }
        }));
    });
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = message(info.payload());
    let at = |location: &Location<'_>| format!("{message} at {}:{}", in_crate(location.file()), location.line());
    info.location().map_or_else(|| message.to_owned(), at)
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic without a message")
}

/// A dependency's file from its crate's folder on: two machines shall say the same.
fn in_crate(file: &str) -> &str {
    file.split_once("/registry/src/").and_then(|(_, tail)| tail.split_once('/')).map_or(file, |(_, file)| file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operands::Operands;
    use crate::problem::{Parameters, Problem};

    /// Panics on a batch of 2, writes its batch otherwise.
    struct Fragile;

    impl Session for Fragile {
        fn run(&mut self, case: Case<'_>, output: &mut [f32]) -> Result<(), Failure> {
            assert!(case.problem.batch != 2, "batch {} is too much", case.problem.batch);
            output.fill(case.problem.batch as f32);
            Ok(())
        }
    }

    fn batch(batch: u32) -> (Problem, Operands) {
        let problem = Problem::new(Parameters { batch, ..Parameters::default() }).unwrap();
        let mut operands = Operands::default();
        operands.resize(&problem);
        (problem, operands)
    }

    #[test]
    fn a_panic_is_a_crash_with_message_and_place() {
        let (problem, operands) = batch(2);
        let failure = run_caught(&mut Fragile, operands.case(&problem), &mut [0.0; 2]).unwrap_err();
        let Failure::Crash(message) = failure else { panic!("{failure:?}") };
        let line = message.strip_prefix("batch 2 is too much at crates/backend/src/backend/caught.rs:").unwrap();
        assert!(line.parse::<u32>().is_ok(), "{message}");
    }

    #[test]
    fn a_batch_goes_on_behind_a_panic() {
        let cases = [batch(1), batch(2), batch(3)];
        let cases: Vec<_> = cases.iter().map(|(problem, operands)| operands.case(problem)).collect();
        let (mut one, mut two, mut three) = ([0.0; 1], [0.0; 2], [0.0; 3]);
        let mut results = vec![Ok(())];
        Fragile.run_batch(&cases, &mut [&mut one, &mut two, &mut three], &mut results);
        assert!(matches!(&results[..], [Ok(()), Err(Failure::Crash(_)), Ok(())]), "{results:?}");
        assert_eq!((one, three), ([1.0], [3.0; 3]));
    }

    #[test]
    fn payloads_of_every_kind_have_a_message() {
        assert_eq!(catch(|| panic::panic_any(7)).unwrap_err().split(" at ").next(), Some("panic without a message"));
        let carried = catch(|| panic::resume_unwind(Box::new("from a pool".to_owned()))).unwrap_err();
        assert_eq!(carried, "from a pool");
    }

    #[test]
    fn catching_nests() {
        let outer = catch(|| {
            let inner = catch(|| panic!("inner")).unwrap_err();
            assert!(inner.starts_with("inner at "), "{inner}");
            panic!("outer")
        });
        assert!(outer.unwrap_err().starts_with("outer at "));
    }

    #[test]
    fn files_are_named_from_their_crate_on() {
        assert_eq!(
            in_crate("/home/me/.cargo/registry/src/index-1949/rten-0.27.0/src/ops.rs"),
            "rten-0.27.0/src/ops.rs"
        );
        assert_eq!(in_crate("src/backend/caught.rs"), "src/backend/caught.rs");
    }
}
