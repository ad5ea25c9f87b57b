//! All families of faults, in one order.

/// Makes the type of all faults of these families, and their names. The order of the lines is the order of likelihood: the first is the
/// likelier of two that have equal effects. Nothing else has an order of its own, and nothing that is written depends on this one.
macro_rules! registry {
    ($($name:ident: $family:ty),+ $(,)?) => {
        /// A fault: what may happen to an output element in place of what should.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Fault {
            $($name($family)),+
        }

        /// A family of faults.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Name {
            $($name),+
        }

        impl Name {
            /// Every one, the likelier first.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            /// Its word in files.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$name => <$family as Family>::WORD),+
                }
            }

            /// What its faults have to do with each other.
            pub(crate) fn kinship(self) -> Kinship {
                match self {
                    $(Self::$name => <$family as Family>::KINSHIP),+
                }
            }

            /// Whether one bug may be any of them.
            pub(crate) fn is_one(self) -> bool {
                self.kinship() != Kinship::Apart
            }

            /// A problem in which its faults can be told apart from others.
            pub(crate) fn example(self) -> &'static str {
                match self {
                    $(Self::$name => <$family as Family>::EXAMPLE),+
                }
            }

            /// Its faults that can happen to a problem, the likelier first.
            pub(crate) fn instances(self, problem: &Problem) -> Vec<Fault> {
                match self {
                    $(Self::$name => <$family as Family>::instances(problem).into_iter().map(Fault::$name).collect()),+
                }
            }

            /// Its faults that files can name.
            pub(crate) fn named(self) -> Vec<Fault> {
                match self {
                    $(Self::$name => <$family as Family>::named().into_iter().map(Fault::$name).collect()),+
                }
            }
        }

        impl Fault {
            pub(crate) fn name(self) -> Name {
                match self {
                    $(Self::$name(_) => Name::$name),+
                }
            }

            pub(crate) fn parameters(self) -> Option<String> {
                match self {
                    $(Self::$name(fault) => fault.parameters()),+
                }
            }

            pub(crate) fn predict(self, problem: &Problem, element: Element) -> Prediction<'_> {
                match self {
                    $(Self::$name(fault) => fault.predict(problem, element)),+
                }
            }

            pub(crate) fn sentence(self) -> String {
                match self {
                    $(Self::$name(fault) => fault.sentence()),+
                }
            }

            pub(crate) fn reach(self) -> Reach {
                match self {
                    $(Self::$name(fault) => fault.reach()),+
                }
            }

            pub(crate) fn hides(self, problem: &Problem) -> Hiding {
                match self {
                    $(Self::$name(fault) => fault.hides(problem)),+
                }
            }
        }
    };
}
pub(super) use registry;
