import Testing

/// Checks that users can name the errors that public functions throw, and their codes.
///
/// The files are compiled outside of the package, and each imports one product.
struct ErrorNameTests {
  private static let kit = """
    import Foundation
    import MilterKit

    func start(_ server: MilterServer) throws {
      do {
        try server.open()
        try server.start()
      } catch let error as SocketError where error.code == .addressInUse {
        let number: Errno? = error.underlying
        print(error.message, number?.rawValue ?? 0)
      } catch let error as FileError where error.code == .pathInTheWay {
        print(error.message, error.underlying?.rawValue ?? 0)
      } catch let error as ThreadError where error.code == .tooManyThreads {
        print(error.message, error.underlying.rawValue)
      } catch let error as MilterError where error.code == .wrongTime {
        print(error.message)
      }
    }
    func networks(_ path: String) throws -> MilterNetworks {
      do {
        return try MilterNetworks(contentsOf: path)
      } catch let error as InvalidNetwork where error.reason == .notAnAddress {
        print(error.line, error.entry)
      } catch let error as FileError where error.code == .noSuchFile {
        print(error.underlying == Errno.noSuchFileOrDirectory)
      }
      return .localhost
    }
    func set(_ setting: MilterSetting<Int>, _ text: String) throws {
      do {
        try setting.take(text)
        try setting.change(to: [text])()
      } catch let error as MilterUsageError {
        print(error.description)
      }
    }
    func text(_ setting: MilterSetting<String>) throws(FileError) -> String {
      try setting.readFile()
    }
    func member(_ text: String) throws(MilterUsageError) -> ConfiguredMember {
      try ConfiguredMember(text)
    }
    final class Filter: Milter {
      override func eom() throws -> Status {
        do throws(MilterError) {
          try setreply("550", "5.7.1", "no")
          try setmlreply("550", nil, ["no"])
          try setsymlist(.eom, "i")
        } catch where error.code == .wrongTime {
          return .tempfail
        }
        do {
          try addheader("X-Seen", "yes")
        } catch let error as SocketError where error.code == .disconnected {
          throw error
        } catch let error as MilterError where error.code == .notNegotiated {
          throw error
        }
        return .continue
      }
    }
    """

  private static let client = """
    import MilterClient

    func connect(_ spec: String) throws(SocketError) -> FilterConnection? {
      do throws(SocketError) {
        return try FilterConnection(to: spec)
      } catch {
        guard error.code == .invalidSpec, error.underlying == Errno.noMemory else { throw error }
        return nil
      }
    }
    """

  private static let testing = """
    import MilterTesting

    func check(_ mta: TestMTA) throws(UnexpectedOutcome) {
      try mta.helo().expect(.continue)
      try mta.sendTwice(MTAMail()).expect(.accept)
    }
    func connect(_ socket: String) throws(SocketError) -> TestMTA { try TestMTA(socket: socket) }
    """

  private static let realMTA = """
    import MilterRealMTA

    func queued(_ kind: RealMTA.Kind) throws(RealMTAError) -> [QueuedMessage] {
      do throws(RealMTAError) {
        let mta = try RealMTA(kind)
        let client = try mta.connect()
        try client.ehlo()
        _ = try client.send(message: [])
        try client.quit()
        _ = try mta.deliver("Subject: x")
        let id = try mta.submitLocally([])
        _ = try mta.headers(of: id)
        return [try mta.message(id)] + (try mta.queue())
      } catch {
        let number: Errno? = error.underlying
        guard error.code == .notInstalled, number == nil else { throw error }
        return []
      }
    }
    """

  private static let mail = """
    import MilterMail

    func addresses(_ value: String) throws(MailSyntaxError) -> MailAddressList {
      try MailAddressList(value)
    }
    func remove(_ part: MIMEPart, _ editor: inout MIMEEditor) throws(MIMEEditError) {
      try editor.remove(part)
    }
    """

  @Test(arguments: [kit, client, testing, realMTA, mail])
  func `The errors can be caught by name with the import of one product`(program: String) throws {
    let complaint = try SwiftCheck.complaint(aboutFile: program)
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test func `A name that is not public cannot be caught`() throws {
    let program = """
      import MilterRealMTA

      func end() throws { do { _ = try RealMTA(.postfix) } catch is HarnessError {} }
      """
    #expect(try SwiftCheck.complaint(aboutFile: program)?.contains("HarnessError") == true)
  }
}
