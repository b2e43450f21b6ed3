//! What the gate asks of a local list of passwords that were found elsewhere (R12). Where it lies and how it
//! is read is for whoever keeps it; nothing is asked of another machine.

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::folding::fold;
use crate::password::NewPassword;

/// A list of passwords that nobody may choose, beside the one that is built in.
#[async_trait]
pub trait BreachList: Send + Sync {
    /// Whether this very text is on it.
    async fn holds(&self, text: Zeroizing<String>) -> Result<bool, BreachListError>;
}

/// The list could not be read, so that nobody knows whether a password is on it: it is not set. The cause was
/// logged by whoever met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list of breached passwords could not be read")]
pub struct BreachListError;

/// Whether the password is listed, in NFC as it was sent or case-folded. R12.
pub(crate) async fn is_listed(list: &dyn BreachList, password: &NewPassword) -> Result<bool, BreachListError> {
    let folded = fold(password.expose());
    if *folded != password.expose() && list.holds(Zeroizing::new(password.expose().to_owned())).await? {
        return Ok(true);
    }
    list.holds(folded).await
}
