//! Generated passwords: made, shown once, kept nowhere. Contract: ecgrid-rest 3 #18, R17.

use crate::Gate;
use crate::caller::Caller;
use crate::error::Error;
use crate::password::Password;

impl Gate {
    /// A random password of so many characters that satisfies the whole policy. Anybody may ask.
    pub async fn generate_password(&self, caller: &Caller, length: usize) -> Result<Password, Error> {
        let result = self.unrestricted(caller).and_then(|()| Ok(self.policy.generate(self.rng.as_ref(), length)?));
        self.recorded(caller, None, result).await
    }
}
