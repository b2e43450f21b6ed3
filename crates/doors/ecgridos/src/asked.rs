//! A call on its way through an operation, and the questions that most operations ask of it.

use std::borrow::Cow;

use passgate_door_http::Arrival;
use passgate_gate::Gate;
use passgate_gate::audit;
use passgate_gate::caller::{Caller, Origin, Proof};
use passgate_gate::error::Error;
use passgate_gate::operations::Target;
use passgate_gate::password::Password;
use passgate_gate::secret::Token;
use passgate_soap::{Call, lexical};
use zeroize::Zeroizing;

use crate::door::Door;
use crate::refusal::{Code, Refusal, Told};
use crate::service::NEWER;

/// A call as an operation sees it.
pub(crate) struct Asked<'a> {
    pub(crate) door: &'a Door,
    pub(crate) arrival: &'a Arrival,
    pub(crate) call: &'a Call,
}

impl Asked<'_> {
    pub(crate) fn gate(&self) -> &Gate {
        &self.door.gate
    }

    pub(crate) fn origin(&self, operation: audit::Operation) -> Origin {
        self.arrival.origin(audit::Door::Ecgridos, operation)
    }

    /// Whose `SessionID` it is. Nothing outside that parameter counts. Contract: ecgridos-soap 3 #20, 4.3.
    pub(crate) async fn caller(&self, operation: audit::Operation) -> Result<Caller, Error> {
        let origin = self.origin(operation);
        let session_id = self.session_id();
        if session_id.is_empty() {
            self.gate().refused(&origin, None, "no-credential").await?;
            return Err(Error::Unidentified);
        }
        self.gate().identify(origin, Proof::SessionOrKey(Token::sent(session_id))).await
    }

    /// `SessionID` without white space around it; empty when absent.
    pub(crate) fn session_id(&self) -> Zeroizing<String> {
        let text = self.call.text("SessionID").unwrap_or_default();
        Zeroizing::new(lexical::trim(text).to_owned())
    }

    /// The user that `UserID` names, once the caller may know what is wrong with it. Contract: ecgridos-soap 4.3.
    pub(crate) async fn user(&self, caller: &Caller) -> Result<Target, Refusal> {
        match self.call.int("UserID") {
            Ok(Some(number)) if number > 0 => Ok(Target::Number(number)),
            Ok(_) => {
                Err(self.refuse(caller, "user-id-missing", Code::InvalidId, "UserID", "UserID is required.").await)
            }
            Err(_) => {
                let message = "UserID must be an integer.";
                Err(self.refuse(caller, "user-id-no-integer", Code::InvalidDataType, "UserID", message).await)
            }
        }
    }

    /// A refusal that this door finds by itself, recorded under `word`. It is told even if it cannot be recorded:
    /// nothing was changed.
    pub(crate) async fn refuse(
        &self,
        caller: &Caller,
        word: &'static str,
        code: Code,
        item: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Refusal {
        if let Err(error) = self.gate().refused(caller.origin(), Some(caller), word).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be recorded");
        }
        Refusal::Told(Told::new(code, item, message))
    }

    /// A password as sent; empty when absent.
    pub(crate) fn password(&self, name: &str) -> Password {
        Password::new(self.call.secret(name).unwrap_or_default())
    }

    /// Whether the caller expects results in the shape of the newer pages. Contract: ecgridos-soap 3 #4.
    pub(crate) fn wants_newer_shape(&self) -> bool {
        *self.call.variant() == NEWER
    }
}
