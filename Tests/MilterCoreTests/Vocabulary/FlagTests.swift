import MilterCore
import Testing

/// The numbers are those of libmilter's headers, `mfapi.h` and `mfdef.h`.
@Suite struct FlagTests {
  @Test(
    arguments: [
      (.addhdrs, 0x1, "addhdrs"), (.chgbody, 0x2, "chgbody"), (.addrcpt, 0x4, "addrcpt"),
      (.delrcpt, 0x8, "delrcpt"), (.chghdrs, 0x10, "chghdrs"), (.quarantine, 0x20, "quarantine"),
      (.chgfrom, 0x40, "chgfrom"), (.addrcptPar, 0x80, "addrcptPar"),
      (.setsymlist, 0x100, "setsymlist"), ([], 0, "none"),
      ([.addhdrs, .chgfrom, .init(rawValue: 0x600)], 0x641, "addhdrs, chgfrom, 0x600"),
      (.version1, 0xF, "addhdrs, chgbody, addrcpt, delrcpt"),
    ] as [(MilterActionFlags, UInt32, String)])
  func `Actions have the numbers of SMFIF and readable names`(
    flags: MilterActionFlags, number: UInt32, name: String
  ) {
    #expect(flags.rawValue == number)
    #expect(flags.description == name)
  }

  @Test(
    arguments: [
      (.noconnect, 0x1, "noconnect"), (.nohelo, 0x2, "nohelo"), (.nomail, 0x4, "nomail"),
      (.norcpt, 0x8, "norcpt"), (.nobody, 0x10, "nobody"), (.nohdrs, 0x20, "nohdrs"),
      (.noeoh, 0x40, "noeoh"), (.nrHdr, 0x80, "nrHdr"), (.nounknown, 0x100, "nounknown"),
      (.nodata, 0x200, "nodata"), (.skip, 0x400, "skip"), (.rcptRej, 0x800, "rcptRej"),
      (.nrConn, 0x1000, "nrConn"), (.nrHelo, 0x2000, "nrHelo"), (.nrMail, 0x4000, "nrMail"),
      (.nrRcpt, 0x8000, "nrRcpt"), (.nrData, 0x10000, "nrData"), (.nrUnkn, 0x20000, "nrUnkn"),
      (.nrEoh, 0x40000, "nrEoh"), (.nrBody, 0x80000, "nrBody"),
      (.hdrLeadspc, 0x100000, "hdrLeadspc"), (.mds256k, 0x1000_0000, "mds256k"),
      (.mds1m, 0x2000_0000, "mds1m"), ([], 0, "none"),
      (.init(rawValue: 0x4020_0001), 0x4020_0001, "noconnect, 0x40200000"),
    ] as [(MilterProtocolFlags, UInt32, String)])
  func `Steps have the numbers of SMFIP and readable names`(
    flags: MilterProtocolFlags, number: UInt32, name: String
  ) {
    #expect(flags.rawValue == number)
    #expect(flags.description == name)
  }

  @Test func `The sets are those of the headers`() {
    #expect(MilterProtocolFlags.allNo.rawValue == 0x37F)
    #expect(MilterProtocolFlags.allNr.rawValue == 0xFF080)
    #expect(MilterProtocolFlags.version2.rawValue == 0x3F)
    #expect(MilterActionFlags.all.rawValue == 0x1FF)
  }

  @Test func `The statuses have the numbers of SMFIS`() {
    #expect(MilterStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 7, 8, 10])
    #expect(MilterStatus.allCases.filter(\.isVerdict) == [.reject, .discard, .accept, .tempfail])
  }

  @Test func `The stages have the numbers of SMFIM and the commands that own them`() {
    #expect(MilterStage.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    let owners = MilterStage.allCases.map { Character(Unicode.Scalar($0.owner.rawValue)) }
    #expect(String(owners) == "CHMRTEN")
    for command in MTACommandCode.allCases {
      let stage = MilterStage(owner: command)
      #expect(stage?.owner ?? command == command)
      #expect((stage != nil) == owners.contains(Character(Unicode.Scalar(command.rawValue))))
    }
  }

  @Test(
    arguments: [
      (.connect, 0x1, 0x1000), (.helo, 0x2, 0x2000), (.envfrom, 0x4, 0x4000),
      (.envrcpt, 0x8, 0x8000), (.body, 0x10, 0x80000), (.header, 0x20, 0x80), (.eoh, 0x40, 0x40000),
      (.unknown, 0x100, 0x20000), (.data, 0x200, 0x10000), (.eom, 0, 0), (.negotiate, 0, 0),
      (.abort, 0, 0), (.close, 0, 0),
    ] as [(MilterCallback, UInt32, UInt32)])
  func `A callback can read its flags`(callback: MilterCallback, no: UInt32, nr: UInt32) {
    #expect(callback.noFlag.rawValue == no)
    #expect(callback.nrFlag.rawValue == nr)
    #expect(MilterCallbacks.all.subtracting(.init(callback)).notWanted.rawValue == no)
    #expect(MilterCallbacks.all.contains(.init(callback)))
  }

  @Test func `Missing callbacks are not requested`() {
    #expect(MilterCallbacks.all.notWanted.isEmpty)
    #expect(MilterCallbacks([]).notWanted == .allNo)
    #expect(MilterCallbacks([.header, .body]).notWanted.rawValue == 0x34F)
  }
}
