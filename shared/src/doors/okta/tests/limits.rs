//! Rate limits, as the headers tell them.

use super::*;
use crate::doors::Verdict;

fn slow_down() -> Say {
    Say::error(429, "E0000047", "")
}

#[tokio::test]
async fn a_429_is_waited_out_until_the_reset() {
    let stage = Stage::play(|_, number| match number {
        0 => slow_down().rate(600, 0, 1),
        _ => Say::json(200, &user_json("00uAda", "ACTIVE")).rate(600, 599, 60),
    })
    .await;
    let client = stage.client();
    let before = Instant::now();
    client.reader().urgent().user(&ada()).await.unwrap();
    // The reset is a second away by the server's Date, and one more is Okta's own advice. The
    // machine's clock plays no part.
    assert!((1900..3500).contains(&before.elapsed().as_millis()), "{:?}", before.elapsed());
    let calls = client.calls();
    assert_eq!((calls.made, calls.retried), (2, 1));
    assert_eq!(stage.heard()[1].header("x-okta-retry-count"), Some("1"));
}

#[tokio::test]
async fn writes_are_sent_again_after_a_429_too() {
    let stage = Stage::play(|_, number| match number {
        // Too many at once: limit and remaining are 0, and the reset means nothing.
        0 | 1 => slow_down().rate(0, 0, 50),
        _ => Say::json(200, &json!({})),
    })
    .await;
    stage.client().writer().suspend(&ada()).await.unwrap();
    assert_eq!(stage.heard().len(), 3);
}

#[tokio::test]
async fn no_end_of_429_is_an_error_that_says_when_to_come_back() {
    let stage = Stage::play(|_, _| slow_down()).await;
    let error = stage.client().reader().user(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    assert!(matches!(error.verdict(), Verdict::Retry { .. }));
    assert_eq!(stage.heard().len(), 4);
}

#[tokio::test]
async fn a_reset_after_the_deadline_is_out_of_time() {
    let stage = Stage::play(|_, _| slow_down().rate(600, 0, 40)).await;
    let deadline = Some(Instant::now() + Duration::from_secs(20));
    let settings = Settings { deadline, ..Settings::default() };
    let client = stage.client_with(Auth::Token("t".into()), settings);
    let error = client.reader().user(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::OutOfTime { .. }), "{error}");
    // Another bucket is another matter.
    assert_eq!(stage.heard().len(), 1);
    let error = client.reader().groups().await.unwrap_err();
    assert!(matches!(error, Error::OutOfTime { .. }), "{error}");
    assert_eq!(stage.heard().len(), 2);
}

#[tokio::test]
async fn ordinary_reads_stop_at_the_share_and_a_leavers_go_on() {
    let stage = Stage::play(|_, number| {
        let left = 10 - u32::try_from(number).unwrap() - 1;
        Say::json(200, &user_json("00uAda", "ACTIVE")).rate(10, left, 40)
    })
    .await;
    let deadline = Some(Instant::now() + Duration::from_secs(20));
    let client =
        stage.client_with(Auth::Token("t".into()), Settings { deadline, ..Settings::default() });
    let reader = client.reader();
    let mut read = 0;
    while reader.user(&ada()).await.is_ok() {
        read += 1;
    }
    assert_eq!(read, 5);
    while reader.urgent().user(&ada()).await.is_ok() {
        read += 1;
    }
    assert_eq!(read, 10);
}

#[tokio::test]
async fn priorities_are_reconciled_by_asking_again() {
    let stage = Stage::play(|_, number| match number {
        0 => Say::error(423, "E0000239", ""),
        _ => Say::empty(204),
    })
    .await;
    stage.client().writer().join_group(&ada(), &"00g1".into()).await.unwrap();
    assert_eq!(stage.heard().len(), 2);
}

#[tokio::test]
async fn many_readers_at_once_share_a_bucket_without_ever_overdrawing_it() {
    let (start, windows) = (Instant::now(), Mutex::new([0_u32; 60]));
    let stage = Stage::play(move |_, _| {
        // Windows of two seconds, by a Date that moves.
        let elapsed = start.elapsed().as_secs();
        let used = {
            let mut windows = windows.lock().unwrap();
            let used = &mut windows[usize::try_from(elapsed / 2).unwrap()];
            *used += 1;
            *used
        };
        let now = i64::try_from(elapsed).unwrap();
        let (left, resets) = (10_u32.saturating_sub(used), (now / 2 + 1) * 2);
        let say =
            if used > 10 { slow_down() } else { Say::json(200, &user_json("00uAda", "ACTIVE")) };
        say.with("date", http_date(NOW + now)).rate(10, left, resets)
    })
    .await;
    let settings = Settings { share_percent: 100, ..Settings::default() };
    let client = stage.client_with(Auth::Token("t".into()), settings);
    let (reader, user) = (client.reader(), ada());
    let found = futures::future::join_all((0..16).map(|_| reader.user(&user))).await;
    assert!(found.iter().all(Result::is_ok));
    let calls = client.calls();
    assert_eq!((calls.made, calls.retried), (16, 0), "nobody had to be told");
    assert!(calls.waits >= 6, "{calls:?}");
}
