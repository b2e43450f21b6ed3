//! Calls that servers take out of a caller's count, to give out one by one (R63). On PostgreSQL the table is
//! unlogged: taking writes no log and waits for no disk.

use async_trait::async_trait;
use jiff::Timestamp;
use passgate_gate::ids::UserId;
use passgate_gate::rate::Rate;
use passgate_gate::store::{CallsTaken, StoreError};

use crate::sql::{Act, Sql, values};

/// `Store::take_calls`.
pub(crate) struct TakeCalls {
    pub(crate) caller: UserId,
    pub(crate) rate: Rate,
    pub(crate) want: u32,
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Act for TakeCalls {
    const WORD: &'static str = "take_calls";
    type Answer = CallsTaken;

    async fn run(&self, sql: &mut dyn Sql) -> Result<Self::Answer, StoreError> {
        const TAKE: &str = "INSERT INTO caller_calls (user_id, arrival) VALUES (?1, ?2) \
             ON CONFLICT (user_id) DO UPDATE SET arrival = caller_calls.arrival RETURNING arrival";
        const COUNT: &str = "UPDATE caller_calls SET arrival = ?2 WHERE user_id = ?1";
        let corrupt = StoreError::Corrupt { table: "caller_calls", column: "arrival" };
        let mut row = sql.first(TAKE, values![self.caller, self.now]).await?.ok_or(corrupt)?;
        let arrival = row.next("caller_calls", "arrival")?;
        let granted = self.rate.room(arrival, self.now, self.want);
        if granted == 0 {
            return Ok(CallsTaken { granted, arrival });
        }
        let arrival = self.rate.after(arrival, self.now, granted);
        sql.execute(COUNT, values![self.caller, arrival]).await?;
        Ok(CallsTaken { granted, arrival })
    }
}
