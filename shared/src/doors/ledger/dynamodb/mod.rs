//! The ledger in one DynamoDB table.
//!
//! Reads are consistent but for the due index, which DynamoDB keeps a moment behind. What
//! DynamoDB asks to have repeated (throttling, two transactions at one record) is repeated in
//! here, and a repeated write whose first try had its effect is told from somebody else's.
//!
//! Expired records are removed by DynamoDB itself, within days: see [`Store`] on who checks.

mod item;
mod layout;

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_lc_rs::rand;
use aws_sdk_dynamodb::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::{transact_write_items::TransactWriteItemsError, update_item::UpdateItemError},
    types::{
        AttributeValue, ConditionCheck, Delete, ReturnValue, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
    },
};
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;

use self::{
    item::{ATTEMPT, Change, key_attributes, record},
    layout::{DUE_INDEX, DUE_LIST},
};
use super::{
    error::Error,
    hex,
    store::{Draft, Expect, Key, Page, Query, Record, Store, Write, check_draft, check_writes},
};
use crate::doors::aws::{self, Trouble};

/// Tries of a write that met another one at the same record. Each meeting is over in
/// milliseconds, so this many in a row are no accident.
const MEETINGS: usize = 8;
/// The pause before the second try.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(1500);

/// A table that holds a ledger.
#[derive(Debug)]
pub struct DynamoDb {
    client: Client,
    table: String,
}

impl DynamoDb {
    /// Opens the ledger in a table that is there, and writes the layout's version into a table
    /// that is empty.
    ///
    /// # Errors
    /// [`Error::NotALedger`] when there is no such table or it has other keys,
    /// [`Error::NewerLedger`] when a newer program made it, [`Error::Denied`] when we may not.
    pub async fn open(table: &str) -> Result<Self, Error> {
        Self::open_with(&aws::settings().await, table).await
    }

    /// The same with settings that are at hand.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(settings: &SdkConfig, table: &str) -> Result<Self, Error> {
        Self::with(Client::new(settings), table).await
    }

    /// The same with a client.
    pub(super) async fn with(client: Client, table: &str) -> Result<Self, Error> {
        let it = Self { client, table: table.to_owned() };
        layout::check(&it).await?;
        Ok(it)
    }

    /// Writes one record whatever its revision becomes.
    async fn update(&self, change: Change, expect: Expect) -> Result<u64, Error> {
        let attempt = attempt()?;
        let key = change.key().clone();
        let call = async || {
            let change = change.clone().numbered(&attempt).expecting(expect);
            self.client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key_attributes(&key)))
                .update_expression(change.expression)
                .set_condition_expression(change.condition)
                .set_expression_attribute_names(Some(change.names))
                .set_expression_attribute_values(Some(change.values))
                .return_values(ReturnValue::UpdatedNew)
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                )
                .send()
                .await
        };
        let answer = call.retry(patience()).sleep(tokio::time::sleep).when(is_meeting).await;
        match answer {
            Ok(it) => item::rev_of(it.attributes.as_ref()).ok_or(Error::Corrupt { key }),
            Err(error) => {
                let Some(UpdateItemError::ConditionalCheckFailedException(refused)) =
                    error.as_service_error()
                else {
                    return Err(trouble(&error));
                };
                // The answer to an earlier try of this very write was lost on the way.
                let found = refused.item();
                let ours = found.and_then(|it| it.get(ATTEMPT)?.as_s().ok());
                match item::rev_of(found) {
                    Some(rev) if ours == Some(&attempt) => Ok(rev),
                    Some(_) | None => Err(Error::Conflict { key }),
                }
            }
        }
    }
}

/// Names one write, so that its repetition is known as such.
fn attempt() -> Result<String, Error> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|it| Error::Unavailable(it.into()))?;
    Ok(hex(&bytes))
}

fn patience() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(MEETINGS)
        .with_jitter()
}

/// Codes that mean: the same again, in a moment. The SDK repeats throttling by itself.
const MEETING_CODES: [&str; 2] = ["TransactionConflictException", "TransactionInProgressException"];
/// The same, said of one part of a transaction.
const MEETING_REASONS: [&str; 3] =
    ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
const CONDITION_FAILED: &str = "ConditionalCheckFailed";

fn is_meeting<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.as_service_error().and_then(|it| it.code()).is_some_and(|it| MEETING_CODES.contains(&it))
}

/// The reason given for each part of a transaction that was called off, in order.
fn reasons(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Vec<&str> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(it)) => {
            it.cancellation_reasons().iter().map(|it| it.code().unwrap_or("None")).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Whether a transaction came to nothing only because others were at work.
fn is_busy(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> bool {
    let reasons = reasons(error);
    let is_refused = reasons.contains(&CONDITION_FAILED);
    is_meeting(error) || !is_refused && reasons.iter().any(|it| MEETING_REASONS.contains(it))
}

fn trouble<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let trouble = Trouble::of(error);
    if trouble.is_denial() {
        return Error::Denied(trouble.into());
    }
    match trouble.code() {
        Some("ResourceNotFoundException" | "ValidationException") => {
            Error::NotALedger(trouble.into())
        }
        Some(_) | None => Error::Unavailable(trouble.into()),
    }
}

/// The SDK's builders refuse what lacks a required part; ours never do.
fn built<T, E: std::fmt::Debug>(part: Result<T, E>) -> T {
    part.expect("every required part was given")
}

#[async_trait]
impl Store for DynamoDb {
    async fn get(&self, key: &Key) -> Result<Option<Record>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_attributes(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|it| trouble(&it))?;
        answer.item.map(|it| record(&it)).transpose()
    }

    async fn put(&self, draft: Draft, expect: Expect) -> Result<u64, Error> {
        check_draft(&draft)?;
        self.update(Change::of(&draft), expect).await
    }

    async fn delete(&self, key: &Key, expect: Expect) -> Result<(), Error> {
        if expect != Expect::Any {
            // Repeated after a lost answer, a condition on what is gone by now could not hold;
            // a transaction has a token for that.
            return self.transact(vec![Write::Delete(key.clone(), expect)]).await;
        }
        let call = async || {
            let key = Some(key_attributes(key));
            self.client.delete_item().table_name(&self.table).set_key(key).send().await
        };
        call.retry(patience())
            .sleep(tokio::time::sleep)
            .when(is_meeting)
            .await
            .map_err(|it| trouble(&it))?;
        Ok(())
    }

    async fn query(&self, query: &Query) -> Result<Page, Error> {
        let Query { pk, from, to, after, limit } = query;
        let is_empty = match (from.as_ref().max(after.as_ref()), to) {
            (Some(lower), Some(to)) => to < lower,
            (_, Some(_)) | (_, None) => false,
        };
        if is_empty || *limit == 0 {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let text = |it: &String| AttributeValue::S(it.clone());
        let mut condition = "pk = :pk".to_owned();
        let mut values = HashMap::from([(":pk".to_owned(), text(pk))]);
        match (from, to) {
            (Some(from), Some(to)) => {
                condition.push_str(" AND sk BETWEEN :from AND :to");
                values.insert(":from".to_owned(), text(from));
                values.insert(":to".to_owned(), text(to));
            }
            (Some(from), None) => {
                condition.push_str(" AND sk >= :from");
                values.insert(":from".to_owned(), text(from));
            }
            (None, Some(to)) => {
                condition.push_str(" AND sk <= :to");
                values.insert(":to".to_owned(), text(to));
            }
            (None, None) => {}
        }
        // DynamoDB refuses to begin outside of the range.
        let start = after.as_ref().filter(|after| from.as_ref().is_none_or(|it| it <= *after));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .set_exclusive_start_key(
                start.map(|it| key_attributes(&Key::new(pk.as_str(), it.as_str()))),
            )
            .limit(count(*limit))
            .send()
            .await
            .map_err(|it| trouble(&it))?;
        let items = answer.items().iter().map(record).collect::<Result<Vec<_>, _>>()?;
        let next = answer.last_evaluated_key().map(item::key_of).transpose()?.map(|it| it.sk);
        Ok(Page { items, next })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        check_writes(&writes)?;
        // A check for nothing is none, and DynamoDB takes no empty condition.
        let writes: Vec<Write> =
            writes.into_iter().filter(|it| !matches!(it, Write::Check(_, Expect::Any))).collect();
        if writes.is_empty() {
            return Ok(());
        }
        let attempt = attempt()?;
        let parts: Vec<TransactWriteItem> =
            writes.iter().map(|it| self.part(it, &attempt)).collect();
        let call = async || {
            self.client
                .transact_write_items()
                .set_transact_items(Some(parts.clone()))
                .client_request_token(&attempt)
                .send()
                .await
        };
        let answer = call.retry(patience()).sleep(tokio::time::sleep).when(is_busy).await;
        let Err(error) = answer else { return Ok(()) };
        let refused = reasons(&error).iter().position(|it| *it == CONDITION_FAILED);
        match refused.and_then(|it| writes.get(it)) {
            Some(first) => Err(Error::Conflict { key: first.key().clone() }),
            None => Err(trouble(&error)),
        }
    }

    async fn due(
        &self,
        until: Timestamp,
        after: Option<&Record>,
        limit: usize,
    ) -> Result<Vec<Record>, Error> {
        let mut start = after.map(item::due_key_attributes);
        let mut res: Vec<Record> = Vec::new();
        while res.len() < limit {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(DUE_INDEX)
                .key_condition_expression("due_list = :list AND due <= :until")
                .expression_attribute_values(":list", AttributeValue::S(DUE_LIST.to_owned()))
                .expression_attribute_values(":until", item::micros(until))
                .set_exclusive_start_key(start)
                .limit(count(limit - res.len()))
                .send()
                .await
                .map_err(|it| trouble(&it))?;
            for it in answer.items() {
                res.push(record(it)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(res)
    }

    async fn scan(
        &self,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Key>), Error> {
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .set_exclusive_start_key(after.map(key_attributes))
            .limit(count(limit))
            .send()
            .await
            .map_err(|it| trouble(&it))?;
        let mut records = answer.items().iter().map(record).collect::<Result<Vec<_>, _>>()?;
        records.retain(|it| !layout::is_about_the_table(&it.key));
        let next = answer.last_evaluated_key().map(item::key_of).transpose()?;
        Ok((records, next))
    }

    async fn restore(&self, record: &Record) -> Result<(), Error> {
        let change = Change::restoring(record);
        match self.update(change, Expect::Absent).await {
            Ok(_) => Ok(()),
            Err(Error::Conflict { key }) => {
                let is_there = self.get(&key).await?.is_some_and(|it| it == *record);
                if is_there { Ok(()) } else { Err(Error::Conflict { key }) }
            }
            Err(other) => Err(other),
        }
    }
}

impl DynamoDb {
    fn part(&self, write: &Write, attempt: &str) -> TransactWriteItem {
        let res = TransactWriteItem::builder();
        match write {
            Write::Put(draft, expect) => {
                let change = Change::of(draft).numbered(attempt).expecting(*expect);
                let update = Update::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_attributes(&draft.key)))
                    .update_expression(change.expression)
                    .set_condition_expression(change.condition)
                    .set_expression_attribute_names(Some(change.names))
                    .set_expression_attribute_values(Some(change.values));
                res.update(built(update.build())).build()
            }
            Write::Delete(key, expect) => {
                let (condition, values) = item::condition(*expect);
                let delete = Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_attributes(key)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values);
                res.delete(built(delete.build())).build()
            }
            Write::Check(key, expect) => {
                let (condition, values) = item::condition(*expect);
                let check = ConditionCheck::builder()
                    .table_name(&self.table)
                    .set_key(Some(key_attributes(key)))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values);
                res.condition_check(built(check.build())).build()
            }
        }
    }
}

/// DynamoDB counts in `i32`; no limit of ours comes near.
fn count(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}
