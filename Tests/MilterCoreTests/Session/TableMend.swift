/// A cell of a recorded table where we deliberately do something else.
struct TableMend {
  let table: String
  let state: String
  let column: Character
  /// What the original does there.
  let original: String
  /// What we do.
  let ours: String

  var place: String { "\(table) \(state) \(column)" }

  func covers(_ table: String, _ state: String, _ column: Character) -> Bool {
    self.table == table && self.state == state && self.column == column
  }

  /// All of them.
  static let all = quitNewConnection + unknownInMessage + quitNewConnectionThenConnect

  /// QUIT_NC is executed everywhere after the negotiation: the original drops it nearly everywhere,
  /// and the connect that follows, for whose reply the MTA then waits in vain.
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

  /// After a QUIT_NC that the original drops, it also drops the connect.
  private static let quitNewConnectionThenConnect: [TableMend] =
    ["every callback", "only eom"].map {
      .init(table: $0, state: "O C H K", column: "C", original: ".", ours: "+")
    }

  /// An unknown SMTP command inside a message leaves the message's state alone: any client can send
  /// one there, and the original then loses track of the message and forgets its abort.
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
