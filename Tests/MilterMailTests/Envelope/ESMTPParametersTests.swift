import MilterMail
import Testing

struct ESMTPParametersTests {
  @Test
  func `The examples of RFC 1870, 6152, 3461, 4954, 6531 and 8689`() {
    let size = ESMTPParameters(["SIZE=500000"])
    #expect(size.size == 500_000)
    #expect(ESMTPParameters(["BODY=8BITMIME"]).body == .eightBitMIME)
    #expect(ESMTPParameters(["body=7bit"]).body == .sevenBit)
    // RFC 3461, 10.1
    let dsn = ESMTPParameters(parsing: "RET=HDRS ENVID=QQ314159")
    #expect(dsn.ret == .headers)
    #expect(dsn.envelopeID == "QQ314159")
    // RFC 4954, 5
    #expect(ESMTPParameters(["AUTH=<>"]).auth == .unknown)
    #expect(ESMTPParameters(["AUTH=e+3Dmc2@example.com"]).auth == .submitter("e=mc2@example.com"))
    let international = ESMTPParameters(["SMTPUTF8", "BODY=8BITMIME", "REQUIRETLS"])
    #expect(international.isSMTPUTF8 && international.requiresTLS)
  }

  @Test
  func `The recipients of RFC 3461, section 10.1`() {
    for (text, notify, address) in [
      ("NOTIFY=SUCCESS ORCPT=rfc822;Bob@Example.COM", [.success], "Bob@Example.COM"),
      ("NOTIFY=FAILURE ORCPT=rfc822;Carol@Ivory.EDU", [.failure], "Carol@Ivory.EDU"),
      (
        "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana@Ivory.EDU", [.success, .failure], "Dana@Ivory.EDU"
      ),
      ("NOTIFY=FAILURE ORCPT=rfc822;Eric@Bombs.AF.MIL", [.failure], "Eric@Bombs.AF.MIL"),
      ("NOTIFY=NEVER", [], nil),
      ("NOTIFY=FAILURE ORCPT=rfc822;George@Tax-ME.GOV", [.failure], "George@Tax-ME.GOV"),
    ] as [(String, ESMTPNotify, String?)] {
      let parameters = ESMTPParameters(parsing: text)
      #expect(parameters.notify == notify)
      #expect(parameters.originalRecipient?.address == address)
      #expect(parameters.originalRecipient?.addressType == (address == nil ? nil : "rfc822"))
      #expect(parameters.description == text)
    }
  }

  @Test
  func `Unchanged fields are as the client wrote them`() {
    var parameters = ESMTPParameters([
      "Size=007", "X-Other=a=b", "envid=a+2b", "X-FLAG", "=", "SIZE=8", "NOTIFY=NEVER,SUCCESS",
    ])
    #expect(
      parameters.description
        == "Size=007 X-Other=a=b envid=a+2b X-FLAG = SIZE=8 NOTIFY=NEVER,SUCCESS")
    #expect(parameters.size == 7)
    #expect(parameters.envelopeID == "a+")
    #expect(parameters.notify == nil)
    #expect(parameters["x-other"]?.value == "a=b")
    #expect(parameters["x-flag"]?.value == nil && parameters["x-flag"] != nil)
    parameters.notify = [.delay, .failure]
    parameters.size = 9
    parameters.isSMTPUTF8 = true
    parameters.isSMTPUTF8 = true
    #expect(
      parameters.map(\.description) == [
        "SIZE=9", "X-Other=a=b", "envid=a+2b", "X-FLAG", "=", "NOTIFY=FAILURE,DELAY", "SMTPUTF8",
      ])
    parameters.envelopeID = nil
    parameters.remove("x-Flag")
    parameters.set(ESMTPParameter("BY", "120;R")!)
    #expect(
      parameters.description == "SIZE=9 X-Other=a=b = NOTIFY=FAILURE,DELAY SMTPUTF8 BY=120;R")
    let bytes: [[UInt8]] = [[0x58, 0x3D, 0xFF], [], Array("SIZE=1".utf8)]
    #expect(ESMTPParameters(rawArguments: bytes).rawArguments == bytes)
  }

  @Test
  func `Any value that is set can be read again`() {
    var parameters = ESMTPParameters()
    for text in ["a b", "+=", "ü", "\r\nRCPT TO:<x>", "\u{0}", "<>x"] {
      parameters.envelopeID = text
      #expect(parameters.envelopeID == text, "\(text)")
      parameters.auth = .submitter(text)
      #expect(parameters.auth == .submitter(text), "\(text)")
      for type in ["rfc822", "utf-8", "UTF-8", "x400"] {
        let recipient = ESMTPOriginalRecipient(addressType: type, address: text)
        parameters.originalRecipient = recipient
        #expect(parameters.originalRecipient == recipient && recipient != nil, "\(type): \(text)")
      }
      #expect(parameters.description.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "\(text)")
      #expect(parameters.count == 3, "\(text)")
    }
    parameters.ret = .full
    parameters.body = .binaryMIME
    parameters.requiresTLS = true
    parameters.notify = []
    #expect(parameters.description.hasSuffix(" RET=FULL BODY=BINARYMIME REQUIRETLS NOTIFY=NEVER"))
    parameters.requiresTLS = false
    parameters.envelopeID = ""
    parameters.auth = .unknown
    #expect(parameters["REQUIRETLS"] == nil && parameters["ENVID"] == nil)
    #expect(parameters.auth == .unknown)
  }

  @Test(arguments: [
    "SIZE=", "SIZE=-1", "SIZE=+1", "SIZE=99999999999999999999", "SIZE", "BODY=9BIT", "RET=",
    "ENVID=a+2",
    "ENVID=+G0", "ENVID=+FF", "AUTH=", "AUTH=+", "NOTIFY=", "NOTIFY=SUCCESS,", "NOTIFY=X",
    "ORCPT=x", "ORCPT=;x", "ORCPT=rfc822;", "ORCPT=rfc822;+", "ORCPT=a b;x",
    "ORCPT=utf-8;\\x{110000}",
    "ORCPT=utf-8;\\x{", "ORCPT=utf-8;\\x{}", "ORCPT=utf-8;\\x", "ORCPT=utf-8;\\", "",
  ])
  func `An invalid value is ignored`(_ text: String) {
    let parameters = ESMTPParameters([text])
    #expect(parameters.size == nil)
    #expect(parameters.body == nil)
    #expect(parameters.ret == nil)
    #expect(parameters.envelopeID == nil)
    #expect(parameters.auth == nil)
    #expect(parameters.notify == nil)
    #expect(parameters.originalRecipient == nil)
    #expect(parameters.description == text)
  }

  @Test
  func `A parameter that the standard forbids is not created`() {
    for (keyword, value) in [
      ("", nil), ("-X", nil), ("X Y", nil), ("Ü", nil), ("X", ""), ("X", "a b"), ("X", "a=b"),
      ("X", "a\r\nb"), ("X", "\u{7F}"), ("X=1", nil),
    ] as [(String, String?)] {
      #expect(ESMTPParameter(keyword, value) == nil, "\(keyword)=\(value ?? "nil")")
    }
    #expect(ESMTPParameter("X-1", "<ü>;,")?.description == "X-1=<ü>;,")
    #expect(ESMTPOriginalRecipient(addressType: "", address: "a") == nil)
    #expect(ESMTPOriginalRecipient(addressType: "a;b", address: "a") == nil)
  }

  @Test
  func `Addresses that are not ASCII: RFC 6533, section 3`() throws {
    let address = MailAddress(localPart: "jörg+x", domain: "bücher.example")
    let recipient = try #require(ESMTPOriginalRecipient(address))
    #expect(recipient.encoded == "utf-8;j\\x{F6}rg\\x{2B}x@b\\x{FC}cher.example")
    #expect(ESMTPOriginalRecipient(recipient.encoded) == recipient)
    #expect(ESMTPOriginalRecipient("utf-8;jörg\\x{2b}x@bücher.example") == recipient)
    let plain = MailAddress(localPart: "a b", domain: "x.example")
    #expect(ESMTPOriginalRecipient(plain)?.encoded == "rfc822;\"a+20b\"@x.example")
  }
}
