//! Passwords that the gate makes up.

use zeroize::Zeroizing;

use super::{Names, Policy, Profile};
use crate::password::Password;
use crate::rng::Rng;

/// The length of a generated password if none is asked for. Contract: ecgrid-rest 3 #18, ecgridos-soap 4.4.
pub const DEFAULT_LENGTH: usize = 12;

/// What the command line and the console make. Contract: R17.
pub const LONG_LENGTH: usize = 24;

/// The longest password that is generated. Contract: ecgrid-rest 3 #18.
pub const MAX_LENGTH: usize = 128;

/// The shortest that can satisfy the pattern. Contract: ecgrid-rest 3 #18.
const LEAST_LENGTH: usize = 4;

/// Letters and digits that are not taken for one another, read aloud or in print: without I, O, l, o, 0, 1.
const ENDS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// The same, and specials that mean nothing to shells, addresses, forms, JSON and XML, and that no vendor's
/// page forbids. They stand inside only: in front one may read as an option, at the end as punctuation.
const INSIDE: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-.:,@";

/// A working generator fails this often at the shortest length with a chance of less than 2^-1000.
const MOST_TRIES: usize = 50_000;

/// A length that is not generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("length must be between {min} and {max}")]
pub struct LengthOutOfRange {
    /// The least length under these settings.
    pub min: usize,
    /// The greatest length.
    pub max: usize,
}

impl Policy {
    /// A random password of so many characters that satisfies the whole policy under
    /// [`Profile::Pattern`], and so [`Profile::LetterAndDigit`] up to its 35 characters and
    /// [`Profile::SignIn`] from its 15 on. Each such password is equally likely.
    ///
    /// Contract: ecgrid-rest 3 #18, R17.
    ///
    /// # Panics
    /// When the generator repeats itself without end: nothing that it makes could be safe.
    pub fn generate(&self, rng: &dyn Rng, length: usize) -> Result<Password, LengthOutOfRange> {
        let min = self.min_length(Profile::Pattern).max(LEAST_LENGTH);
        if !(min..=MAX_LENGTH).contains(&length) {
            return Err(LengthOutOfRange { min, max: MAX_LENGTH });
        }
        let mut letters = Letters::new(rng);
        for _ in 0..MOST_TRIES {
            let password = letters.password(length);
            // Drawn whole and judged whole: to mend a draw would make some passwords likelier than others.
            if self.judge(Profile::Pattern, &password, &Names::NONE).is_empty() {
                return Ok(Password::new(password));
            }
        }
        panic!("the random generator repeats itself");
    }
}

/// Random letters, drawn without bias from a buffer of random bytes.
struct Letters<'a> {
    rng: &'a dyn Rng,
    bytes: Zeroizing<[u8; 64]>,
    used: usize,
}

impl<'a> Letters<'a> {
    fn new(rng: &'a dyn Rng) -> Self {
        Self { rng, bytes: Zeroizing::new([0; 64]), used: 64 }
    }

    fn password(&mut self, length: usize) -> Zeroizing<String> {
        let mut password = Zeroizing::new(String::with_capacity(length));
        for at in 0..length {
            let alphabet = if at == 0 || at + 1 == length { ENDS } else { INSIDE };
            password.push(char::from(self.one_of(alphabet)));
        }
        password
    }

    fn one_of(&mut self, alphabet: &[u8]) -> u8 {
        // Six random bits number at least as many letters as either alphabet has. A number beyond the
        // alphabet is drawn again, since a remainder would favour its first letters.
        const _: () = assert!(ENDS.len() <= 64 && INSIDE.len() <= 64);
        for _ in 0..MOST_TRIES {
            if let Some(&letter) = alphabet.get(usize::from(self.byte() & 0x3F)) {
                return letter;
            }
        }
        panic!("the random generator repeats itself");
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.bytes.len() {
            self.rng.fill(self.bytes.as_mut());
            self.used = 0;
        }
        self.used += 1;
        self.bytes[self.used - 1]
    }
}
