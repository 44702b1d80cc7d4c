import Foundation
import MilterSystem
import Testing

extension RealMTASuite {
  /// `milter doctor` on broken configurations, and what the real MTA does with mail under each.
  @Suite struct BrokenConfigurationTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `The doctor finds what the MTA trips over, and nothing where mail is filtered`(
      kind: RealMTA.Kind
    ) async throws {
      // The MTA starts with a valid configuration. If the MTA is missing, the test is skipped here.
      try await withMTA(kind) { _ in }
      let all = BrokenConfiguration.all(of: kind)
      #expect(all.count { $0.fate(kind.release) != .filtered } >= 30)
      // Runs two cases at a time, because some of them only wait for timeouts of the MTA.
      try await withThrowingTaskGroup { group in
        for first in 0..<2 {
          group.addTask {
            for index in stride(from: first, to: all.count, by: 2) { try judge(all[index], kind) }
          }
        }
        try await group.waitForAll()
      }
    }

    private func judge(_ item: BrokenConfiguration, _ kind: RealMTA.Kind) throws {
      let (run, fate) = try examine(item, kind)
      #expect(fate == item.fate(kind.release), "\(item.name)")
      #expect((run.status == 0) == fate.isMeant, "\(item.name): \(fate): \(run.output)")
      let finding = item.finding(kind.release)
      #expect(run.output.contains(finding ?? "nothing is wrong"), "\(item.name): \(run.output)")
      #expect(run.errors == "", "\(item.name)")
    }

    /// Runs the doctor on a configuration, and sends a message to an MTA with this configuration.
    private func examine(
      _ item: BrokenConfiguration, _ kind: RealMTA.Kind
    ) throws -> (run: Subprocess, fate: MailFate) {
      var filter: StandIn?
      defer { filter?.stop() }
      if !item.isInQueue {
        filter = try StandIn(item.filter, directoryMode: item.directoryMode)
      }
      var settings = RealMTA.Settings().patient
      let lines = item.lines.map { filter?.filled($0) ?? $0 }
      settings.postfixLines = lines
      settings.sendmailLines = lines
      settings.postfixOptions = filter?.filled(item.options) ?? item.options
      var run: Subprocess?
      do {
        let mta = try RealMTA(kind, settings) { directory in
          let file = kind == .postfix ? "etc/master.cf" : "sendmail.cf"
          if kind == .sendmail {
            // Sendmail looks up host names only in this file.
            let hosts = String(decoding: try directory.read("hosts"), as: UTF8.self)
            try directory.write(hosts + "127.0.0.2 two\n::1 six\n", to: "hosts")
          }
          var text = String(decoding: try directory.read(file), as: UTF8.self)
          for (old, new) in item.edits {
            #expect(text.contains(old), "\(item.name)")
            text = text.replacing(old, with: filter?.filled(new) ?? new)
          }
          try directory.write(text, to: file)
          let found = try filter ?? StandIn(item.filter, inQueueOf: directory)
          filter = found
          run = try doctor(item, kind, found, directory)
          found.becomeReady()
        }
        defer { mta.stop() }
        let fate = try item.isLocal ? MailFate(ofMailSubmittedTo: mta) : MailFate(of: mta)
        return (try #require(run), fate)
      } catch let error as RealMTAError where error.code == .ended {
        return (try #require(run), .notStarted)
      } catch {
        throw HarnessError("\(item.name): \(error)")
      }
    }

    private func doctor(
      _ item: BrokenConfiguration, _ kind: RealMTA.Kind, _ filter: StandIn,
      _ directory: InstanceDirectory
    ) throws -> Subprocess {
      let files =
        kind == .postfix
        ? ["--postfix", directory.path(of: "etc")] + (try postconf(for: directory))
        : ["--sendmail", directory.path(of: "sendmail.cf")]
      return try BuiltProgram.run(
        "milter", ["doctor", "--socket", filter.spec] + files + item.arguments)
    }

    /// The doctor option for a Postfix under test that is in another directory tree.
    private func postconf(for directory: InstanceDirectory) throws -> [String] {
      let root = ProcessInfo.processInfo.environment["SWIFT_MILTER_MTA_ROOT"] ?? ""
      if root.isEmpty { return [] }
      for name in ["postconf", "postmap"] {
        let script = "#!/bin/sh\nexec chroot '\(root)' /usr/sbin/\(name) \"$@\"\n"
        try FileAttributes.setMode(0o755, of: directory.write(script, to: name))
      }
      return ["--postconf", directory.path(of: "postconf")]
    }
  }
}
