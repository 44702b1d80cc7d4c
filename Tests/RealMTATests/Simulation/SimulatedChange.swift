import MilterKit

/// A filter's actions on a message in eom.
struct SimulatedChange: Sendable {
  let name: String
  let make: Change

  private init(_ name: String, _ make: @escaping Change) {
    self.name = name
    self.make = make
  }

  static let all: [Self] = headers + envelope + body + several

  private static let headers: [Self] =
    [
      Self("add") { try $0.addheader("X-New", "v") },
      Self("add folded") { try $0.addheader("X-New", "one\n two\n\tthree") },
      Self("add three") { for number in 1...3 { try $0.addheader("X-New", "\(number)") } },
      Self("add its like") { try $0.addheader("X-T", "new") },
      Self("add what has a default") { try $0.addheader("Date", "new") },
      Self("change the second") { try $0.chgheader("X-T", 2, "new") },
      Self("change index 0") { try $0.chgheader("X-T", 0, "new") },
      Self("change another spelling") { try $0.chgheader("X-t", 3, "new") },
      Self("change beyond the last") { try $0.chgheader("X-T", 4, "new") },
      Self("change what is not there") { try $0.chgheader("X-New", 1, "new") },
      Self("change what has a default") { try $0.chgheader("From", 1, "<new@from.example>") },
      Self("change beyond what has a default") { try $0.chgheader("Date", 2, "new") },
      Self("change after adding") {
        try $0.addheader("X-T", "four")
        try $0.chgheader("X-T", 4, "new")
      },
      Self("change after inserting") {
        try $0.insheader(0, "X-T", "zero")
        try $0.chgheader("X-T", 1, "new")
      },
      Self("delete the second") { try $0.chgheader("X-T", 2, nil) },
      Self("delete beyond the last") { try $0.chgheader("X-T", 4, nil) },
      Self("delete upward") { for index in [3, 2, 1] { try $0.chgheader("X-T", index, nil) } },
      Self("delete downward") { for index in [1, 2, 3] { try $0.chgheader("X-T", index, nil) } },
      Self("delete the first thrice") { for _ in 1...3 { try $0.chgheader("X-T", 1, nil) } },
      Self("delete, then change") {
        try $0.chgheader("X-T", 2, nil)
        try $0.chgheader("X-T", 2, "new")
      },
      Self("delete, then add") {
        try $0.chgheader("X-T", 1, nil)
        try $0.addheader("X-T", "new")
      },
      Self("insert after deleting") {
        try $0.chgheader("Date", 1, nil)
        try $0.insheader(9, "X-New", "v")
      },
      Self("insert one after the other") {
        for index in 0...2 { try $0.insheader(index, "X-\(index)", "v") }
      },
    ]
    + [0, 1, 2, 5, 8, 9, 10, 13, 15, 16, 17, 1000].map { index in
      Self("insert at \(index)") { try $0.insheader(index, "X-New", "v") }
    }

  private static let envelope: [Self] = [
    Self("add a recipient") { try $0.addrcpt("<new@to.example>") },
    Self("add one that is there") { try $0.addrcpt("two@to.example") },
    Self("add one with arguments") {
      try $0.addrcptPar("new@to.example", "NOTIFY=SUCCESS,FAILURE")
    },
    Self("add one with a wrong argument") {
      try $0.addrcptPar("new@to.example", "NOTIFY=PERHAPS")
    },
    Self("delete one") { try $0.delrcpt("<One@to.example>") },
    Self("delete one in another case") { try $0.delrcpt("<one@to.example>") },
    Self("delete one, add one") {
      try $0.delrcpt("One@to.example")
      try $0.addrcpt("new@to.example")
    },
    Self("add one, delete it") {
      try $0.addrcpt("new@to.example")
      try $0.delrcpt("new@to.example")
    },
    Self("change the sender") { try $0.chgfrom("new@from.example") },
    Self("change the sender twice") {
      try $0.chgfrom("new@from.example")
      try $0.chgfrom("<newer@from.example>")
    },
    Self("no sender") { try $0.chgfrom("<>") },
    Self("a sender with arguments") { try $0.chgfrom("new@from.example", "RET=HDRS") },
    Self("a sender with a wrong argument") { try $0.chgfrom("new@from.example", "FROB=NICATE") },
    Self("quarantine") { try $0.quarantine("why") },
  ]

  private static let body: [Self] = [
    Self("an empty body") { try $0.replacebody("") },
    Self("a new body") { try $0.replacebody("New\r\nbody\r\n") },
    Self("a body without end") { try $0.replacebody("New\r\nbody") },
    Self("a body with bare LF") { try $0.replacebody("New\nbody\n") },
    Self("a large body") {
      try $0.replacebody(String(repeating: "0123456789abcde\r\n", count: 20_000))
    },
  ]

  private static let several: [Self] = [
    Self("everything") {
      try $0.insheader(0, "X-Top", "v")
      try $0.chgheader("X-A", 1, "new")
      try $0.addheader("X-A", "added")
      try $0.chgheader("X-T", 1, nil)
      try $0.replacebody("New\r\n")
      try $0.chgheader("X-A", 1, "again")
      try $0.addrcpt("new@to.example")
      try $0.delrcpt("two@to.example")
      try $0.chgfrom("new@from.example")
      try $0.progress()
    }
  ]
}
