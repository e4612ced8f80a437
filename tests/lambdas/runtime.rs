//! The runtime API that AWS Lambda offers to a function's process
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), and the process under it.

use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use rollcall::shell::clock;
use serde_json::Value;
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex as AsyncMutex, mpsc, oneshot},
};

/// Milliseconds that an event may take unless a test says otherwise.
const PATIENCE_MS: i64 = 120_000;

/// What became of an event, or of the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The function's answer.
    Done(Value),
    /// The function told Lambda of an error.
    Failed {
        /// `errorType`
        kind: String,
        /// `errorMessage`
        message: String,
    },
    /// The process ended without a word.
    Died,
}

impl Answer {
    /// The answer of a function that did not fail.
    #[track_caller]
    pub fn done(self) -> Value {
        match self {
            Self::Done(it) => it,
            other @ (Self::Failed { .. } | Self::Died) => panic!("{other:?}"),
        }
    }

    /// The type and the message of a failure.
    #[track_caller]
    pub fn failed(self) -> (String, String) {
        match self {
            Self::Failed { kind, message } => (kind, message),
            other @ (Self::Done(_) | Self::Died) => panic!("{other:?}"),
        }
    }

    fn of_error(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self::Failed { kind: text("errorType"), message: text("errorMessage") }
    }
}

struct Event {
    payload: Value,
    deadline: i64,
    answer: oneshot::Sender<Answer>,
}

struct Desk {
    events: AsyncMutex<mpsc::Receiver<Event>>,
    waiting: Mutex<BTreeMap<String, oneshot::Sender<Answer>>>,
    start: Mutex<Option<Answer>>,
}

/// A function's process.
pub struct Function {
    child: Child,
    events: mpsc::Sender<Event>,
    desk: Arc<Desk>,
}

impl Function {
    /// Starts the binary with nothing in its environment but this and what Lambda sets.
    pub async fn start(program: &str, environment: &[(String, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let runtime = listener.local_addr().unwrap().to_string();
        let (events, received) = mpsc::channel(8);
        let desk = Arc::new(Desk {
            events: AsyncMutex::new(received),
            waiting: Mutex::default(),
            start: Mutex::default(),
        });
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let child = Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", runtime)
            .env("AWS_LAMBDA_FUNCTION_NAME", "rollcall")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .envs(environment.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, events, desk }
    }

    /// Hands over an event and waits for what becomes of it.
    pub async fn invoke(&mut self, payload: Value) -> Answer {
        self.invoke_until(payload, clock::now().as_millisecond() + PATIENCE_MS).await
    }

    /// The same with a deadline, in milliseconds since 1970.
    pub async fn invoke_until(&mut self, payload: Value, deadline: i64) -> Answer {
        let answer = self.send(payload, deadline).await;
        tokio::select! {
            answer = answer => answer.unwrap_or(Answer::Died),
            _ = self.child.wait() => self.desk.start.lock().unwrap().take().unwrap_or(Answer::Died),
        }
    }

    /// Hands over an event and does not wait.
    pub async fn send(&self, payload: Value, deadline: i64) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        let event = Event { payload, deadline, answer };
        assert!(self.events.send(event).await.is_ok(), "the runtime is there");
        receiver
    }

    /// Ends the process as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Every line of the embedded metric format that the process wrote, which is ended.
    pub async fn metrics(mut self) -> Vec<Value> {
        self.kill().await;
        let log = self.log().await;
        let lines = log.lines().filter_map(|it| serde_json::from_str::<Value>(it).ok());
        lines.filter(|it| it.get("_aws").is_some()).collect()
    }

    /// Everything that the process wrote, which must have ended by itself.
    pub async fn log(mut self) -> String {
        self.child.wait().await.unwrap();
        let mut text = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut text).await.unwrap();
        text
    }
}

async fn next(State(desk): State<Arc<Desk>>) -> impl IntoResponse {
    let Some(event) = desk.events.lock().await.recv().await else {
        // The test is over.
        return std::future::pending().await;
    };
    let id = format!("request-{}", clock::now().as_nanosecond());
    desk.waiting.lock().unwrap().insert(id.clone(), event.answer);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", event.deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:000000000000:function:rollcall".to_owned(),
        ),
    ];
    (headers, Json(event.payload))
}

/// What a function sends: JSON, whatever it calls it.
fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

async fn response(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    desk.settle(&id, Answer::Done(read(&body)))
}

async fn error(State(desk): State<Arc<Desk>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    desk.settle(&id, Answer::of_error(&read(&body)))
}

async fn init_error(State(desk): State<Arc<Desk>>, body: Bytes) -> StatusCode {
    *desk.start.lock().unwrap() = Some(Answer::of_error(&read(&body)));
    StatusCode::ACCEPTED
}

impl Desk {
    fn settle(&self, id: &str, answer: Answer) -> StatusCode {
        if let Some(waiting) = self.waiting.lock().unwrap().remove(id) {
            // Nobody may be waiting any more.
            let _ = waiting.send(answer);
        }
        StatusCode::ACCEPTED
    }
}
