/// A cell of a recorded table in which our library differs on purpose.
struct TableMend {
  let table: String
  let state: String
  let column: Character
  /// The behavior of libmilter.
  let original: String
  /// The behavior of our library.
  let ours: String

  var place: String { "\(table) \(state) \(column)" }

  func covers(_ table: String, _ state: String, _ column: Character) -> Bool {
    self.table == table && self.state == state && self.column == column
  }

  /// All deliberate differences.
  static let all = quitNewConnection + unknownInMessage + quitNewConnectionThenConnect

  /// QUIT_NC is executed in every state after the negotiation.
  ///
  /// libmilter drops it in nearly every state, and also the connect that follows. The MTA then
  /// waits for a reply to connect until its timeout.
  private static let quitNewConnection: [TableMend] =
    ["O C", "O C H", "O C H A", ".. M R A", ".. B A", "O C H K", ".. E K"].map {
      .init(table: "every callback", state: $0, column: "K", original: ".", ours: "+")
    }
    + [".. M", ".. M R", ".. R T", ".. T L", ".. L N", ".. N B", ".. M R M"].flatMap { state in
      ["every callback", "only eom"].map {
        .init(table: $0, state: state, column: "K", original: "a.", ours: "a+")
      }
    }
    + ["O C", "O C H", "O C H K", ".. E K"].map {
      .init(table: "only eom", state: $0, column: "K", original: ".", ours: "+")
    }
    + [.init(table: "no unknown", state: "O C H A", column: "K", original: ".", ours: "+")]

  /// The connect after QUIT_NC is executed; libmilter drops it after a QUIT_NC that it has dropped.
  private static let quitNewConnectionThenConnect: [TableMend] =
    ["every callback", "only eom"].map {
      .init(table: $0, state: "O C H K", column: "C", original: ".", ours: "+")
    }

  /// An unknown SMTP command inside a message does not change the state of the message.
  ///
  /// Any client can send such a command. libmilter then ignores the rest of the message, and does
  /// not call abort.
  private static let unknownInMessage: [TableMend] =
    [
      ("O", ".", "a."), ("C", ".", "a."), ("H", "+", "a+"), ("M", "+", "a+"), ("L", ".", "+"),
      ("N", ".", "+"), ("E", ".", "+"), ("K", "+", "a+"), ("Q", "X", "aX"),
    ].map {
      .init(table: "every callback", state: ".. M R U", column: $0, original: $1, ours: $2)
    }
    + [
      ("O", ".", "a."), ("C", ".", "a."), ("H", "+", "a+"), ("M", "+", "a+"), ("K", "+", "a+"),
      ("Q", "X", "aX"),
    ].map {
      .init(table: "only eom", state: ".. M R U", column: $0, original: $1, ours: $2)
    }
}
