import MilterKit
import Testing

extension RealMTASuite {
  /// The effects of `addrcpt`, `addrcptPar`, `delrcpt`, and `chgfrom` on the queued message.
  @Suite struct EnvelopeTests {
    /// A filter's change of the recipients, and the resulting recipients in the MTA's queue.
    struct RecipientCase: CustomTestStringConvertible {
      let testDescription: String
      let change: Change
      private let postfix: [QueuedRecipient]
      private let sendmail: [QueuedRecipient]

      init(
        _ description: String, _ recipients: [QueuedRecipient],
        sendmail: [QueuedRecipient]? = nil, after change: @escaping Change
      ) {
        testDescription = description
        self.change = change
        postfix = recipients
        self.sendmail = sendmail ?? recipients
      }

      func recipients(of kind: RealMTA.Kind) -> [QueuedRecipient] {
        kind == .postfix ? postfix : sendmail
      }
    }

    private static let one = QueuedRecipient("One@to.example", notify: ["SUCCESS"])
    private static let two = QueuedRecipient("two@to.example")
    private static let new = QueuedRecipient("new@to.example")

    @Test(arguments: RealMTA.Kind.allCases, recipients)
    func `The recipients are the ones that the filter wants`(
      kind: RealMTA.Kind, what: RecipientCase
    )
      async throws
    {
      let message = try await queued(
        by: kind, to: ["One@to.example NOTIFY=SUCCESS", "two@to.example"], after: what.change)
      // Postfix generates a missing ORCPT for the client's recipients, but not for those that a filter adds.
      // The comparison ignores a generated ORCPT.
      let queued = message.recipients.map { recipient in
        recipient.original == "rfc822;\(recipient.address)"
          ? QueuedRecipient(recipient.address, notify: recipient.notify) : recipient
      }
      #expect(queued == what.recipients(of: kind))
      #expect(message.sender == "sender@from.example")
    }

    private static let recipients: [RecipientCase] = [
      RecipientCase("one added", [one, two, new]) { try $0.addrcpt("new@to.example") },
      RecipientCase("one in brackets", [one, two, new]) { try $0.addrcpt("<new@to.example>") },
      // Sendmail drops the duplicate at once, and Postfix only before delivery.
      RecipientCase("one added that is there", [one, two, two], sendmail: [one, two]) {
        try $0.addrcpt("two@to.example")
      },
      RecipientCase("one without arguments", [one, two, new]) {
        try $0.addrcptPar("new@to.example")
      },
      RecipientCase(
        "NEVER", [one, two, QueuedRecipient("new@to.example", notify: ["NEVER"])]
      ) { try $0.addrcptPar("new@to.example", "NOTIFY=NEVER") },
      RecipientCase(
        "SUCCESS,FAILURE",
        [one, two, QueuedRecipient("new@to.example", notify: ["SUCCESS", "FAILURE"])]
      ) { try $0.addrcptPar("<new@to.example>", "NOTIFY=SUCCESS,FAILURE") },
      RecipientCase(
        "ORCPT",
        [one, two, QueuedRecipient("new@to.example", notify: ["DELAY"], original: "rfc822;a@b")]
      ) { try $0.addrcptPar("<new@to.example>", "NOTIFY=DELAY ORCPT=rfc822;a@b") },
      // Both MTAs only log a warning. Postfix ignores the argument, and Sendmail ignores the recipient.
      RecipientCase("an invalid argument", [one, two, new], sendmail: [one, two]) {
        try $0.addrcptPar("new@to.example", "NOTIFY=PERHAPS")
      },
      RecipientCase("one deleted", [two]) { try $0.delrcpt("<One@to.example>") },
      RecipientCase("one deleted without brackets", [two]) { try $0.delrcpt("One@to.example") },
      RecipientCase("one in another case", [one, two]) { try $0.delrcpt("<one@to.example>") },
      RecipientCase("a domain in another case", [one, two]) { try $0.delrcpt("<One@TO.example>") },
      RecipientCase("one that is not there", [one, two]) { try $0.delrcpt("no@to.example") },
      RecipientCase("one deleted, one added", [two, new]) {
        try $0.delrcpt("One@to.example")
        try $0.addrcpt("new@to.example")
      },
      // Postfix queues a new recipient. Sendmail restores the old one and adds its default NOTIFY values.
      RecipientCase(
        "one deleted and added again", [two, QueuedRecipient("One@to.example")],
        sendmail: [
          QueuedRecipient("One@to.example", notify: ["SUCCESS", "FAILURE", "DELAY"]), two,
        ]
      ) {
        try $0.delrcpt("One@to.example")
        try $0.addrcpt("One@to.example")
      },
      RecipientCase("one added and deleted again", [one, two]) {
        try $0.addrcpt("new@to.example")
        try $0.delrcpt("new@to.example")
      },
      RecipientCase("all deleted, one added", [new]) {
        try $0.delrcpt("One@to.example")
        try $0.delrcpt("two@to.example")
        try $0.addrcpt("new@to.example")
      },
      RecipientCase(
        "60 added", [one, two] + (1...60).map { QueuedRecipient("new\($0)@to.example") }
      ) { filter in
        for number in 1...60 { try filter.addrcpt("new\(number)@to.example") }
      },
    ]

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message without recipients is accepted and disappears`(kind: RealMTA.Kind) async throws
    {
      try await withFilter(
        kind,
        making: { changing(at: .eom) { try $0.delrcpt("<rcpt@to.example>") } }
      ) { mta, _ in
        #expect(try mta.deliver(mail()).final.code == 250)
        // In Postfix, the queue manager removes such a message, but these tests run without one.
        let addresses = try mta.queue().map(\.addresses)
        #expect(addresses == (kind == .postfix ? [[]] : []))
      }
    }

    /// A filter's change of the sender, and the resulting sender in the MTA's queue.
    struct SenderCase: CustomTestStringConvertible {
      let testDescription: String
      /// The parameters of the client's MAIL.
      var parameters = ""
      let sender: String
      var envelopeID: String?
      var returnContent: String?
      let change: Change
    }

    @Test(arguments: RealMTA.Kind.allCases, senders)
    func `The sender is the one that the filter wants`(kind: RealMTA.Kind, what: SenderCase)
      async throws
    {
      let message = try await queued(by: kind, parameters: what.parameters, after: what.change)
      #expect(message.sender == what.sender)
      // Postfix stores the decoded ENVID, and Sendmail the encoded one.
      let envelopeID = what.envelopeID.map {
        kind == .postfix ? $0.replacing("+2B", with: "+") : $0
      }
      #expect(message.envelopeID == envelopeID)
      #expect(message.returnContent == what.returnContent)
      #expect(message.addresses == ["rcpt@to.example"])
    }

    /// Neither MTA stores `SIZE` in its queue; both store the actual size of the message.
    @Test(arguments: RealMTA.Kind.allCases)
    func
      `A sender's new argument keeps the client's with Postfix, and resets them with Sendmail`(
        kind: RealMTA.Kind
      ) async throws
    {
      let parameters = "SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=old"
      let message = try await queued(by: kind, parameters: parameters) {
        try $0.chgfrom("<new@from.example>", "ENVID=new")
      }
      #expect(message.sender == "new@from.example")
      #expect(message.envelopeID == "new")
      #expect(message.returnContent == (kind == .postfix ? "HDRS" : nil))
      #expect(message.bodyType == (kind == .postfix ? "8bit" : nil))
    }

    private static let senders: [SenderCase] = [
      SenderCase(testDescription: "another", sender: "new@from.example") {
        try $0.chgfrom("new@from.example")
      },
      SenderCase(testDescription: "another in brackets", sender: "new@from.example") {
        try $0.chgfrom("<new@from.example>")
      },
      SenderCase(testDescription: "none", sender: "") { try $0.chgfrom("<>") },
      SenderCase(
        testDescription: "arguments", sender: "new@from.example", envelopeID: "a+2Bb",
        returnContent: "HDRS"
      ) { try $0.chgfrom("<new@from.example>", "RET=HDRS ENVID=a+2Bb") },
      SenderCase(
        testDescription: "arguments over the client's", parameters: "RET=FULL ENVID=old",
        sender: "new@from.example", envelopeID: "new", returnContent: "HDRS"
      ) { try $0.chgfrom("<new@from.example>", "RET=HDRS ENVID=new") },
      SenderCase(
        testDescription: "the client's arguments", parameters: "RET=HDRS ENVID=old",
        sender: "new@from.example", envelopeID: "old", returnContent: "HDRS"
      ) { try $0.chgfrom("<new@from.example>") },
      SenderCase(testDescription: "an invalid argument", sender: "new@from.example") {
        try $0.chgfrom("<new@from.example>", "FROB=NICATE")
      },
      SenderCase(testDescription: "the last of several", sender: "newer@from.example") {
        try $0.chgfrom("<new@from.example>")
        try $0.chgfrom("<newer@from.example>")
      },
    ]
  }
}
