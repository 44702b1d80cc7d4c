// swift-format-ignore-file: AlwaysUseLowerCamelCase

// libmilter's constants, with C's names and values.

/// The status that a callback returns.
public typealias sfsistat = Int32

/// Continue.
public let SMFIS_CONTINUE: sfsistat = 0
/// Refuse permanently.
public let SMFIS_REJECT: sfsistat = 1
/// Accept and drop.
public let SMFIS_DISCARD: sfsistat = 2
/// Accept without further checks.
public let SMFIS_ACCEPT: sfsistat = 3
/// Refuse temporarily.
public let SMFIS_TEMPFAIL: sfsistat = 4
/// Send no reply.
public let SMFIS_NOREPLY: sfsistat = 7
/// Skip the rest of this step.
public let SMFIS_SKIP: sfsistat = 8
/// Accept all options of the MTA.
public let SMFIS_ALL_OPTS: sfsistat = 10

/// The result of a function that succeeded.
public let MI_SUCCESS: Int32 = 0
/// The result of a function that failed.
public let MI_FAILURE: Int32 = -1

/// The interface's version.
public let SMFI_VERSION: Int32 = 0x0100_0001
/// The protocol's version.
public let SMFI_PROT_VERSION: Int32 = 6

/// The major part of an interface's version.
public func SM_LM_VRS_MAJOR(_ version: Int32) -> Int32 { version >> 24 & 0x7F }
/// The minor part of an interface's version.
public func SM_LM_VRS_MINOR(_ version: Int32) -> Int32 { version >> 8 & 0x7FFF }
/// The patch level of an interface's version.
public func SM_LM_VRS_PLVL(_ version: Int32) -> Int32 { version & 0x7F }

/// No action.
public let SMFIF_NONE: UInt = 0x000
/// Add and insert headers.
public let SMFIF_ADDHDRS: UInt = 0x001
/// Replace the body.
public let SMFIF_CHGBODY: UInt = 0x002
/// Replace the body, by its older name.
public let SMFIF_MODBODY: UInt = SMFIF_CHGBODY
/// Add recipients.
public let SMFIF_ADDRCPT: UInt = 0x004
/// Delete recipients.
public let SMFIF_DELRCPT: UInt = 0x008
/// Change and delete headers.
public let SMFIF_CHGHDRS: UInt = 0x010
/// Quarantine the message.
public let SMFIF_QUARANTINE: UInt = 0x020
/// Change the sender.
public let SMFIF_CHGFROM: UInt = 0x040
/// Add recipients with ESMTP arguments.
public let SMFIF_ADDRCPT_PAR: UInt = 0x080
/// Request macros.
public let SMFIF_SETSYMLIST: UInt = 0x100

/// The actions of protocol version 1.
public let SMFI_V1_ACTS: UInt = 0x00F
/// The actions of protocol version 2.
public let SMFI_V2_ACTS: UInt = 0x03F
/// All actions.
public let SMFI_CURR_ACTS: UInt = 0x1FF

/// Do not send connect.
public let SMFIP_NOCONNECT: UInt = 0x0000_0001
/// Do not send HELO.
public let SMFIP_NOHELO: UInt = 0x0000_0002
/// Do not send MAIL.
public let SMFIP_NOMAIL: UInt = 0x0000_0004
/// Do not send RCPT.
public let SMFIP_NORCPT: UInt = 0x0000_0008
/// Do not send the body.
public let SMFIP_NOBODY: UInt = 0x0000_0010
/// Do not send header fields.
public let SMFIP_NOHDRS: UInt = 0x0000_0020
/// Do not send the end of the header.
public let SMFIP_NOEOH: UInt = 0x0000_0040
/// No reply for headers.
public let SMFIP_NR_HDR: UInt = 0x0000_0080
/// No reply for headers, by its older name.
public let SMFIP_NOHREPL: UInt = SMFIP_NR_HDR
/// Do not send unknown commands.
public let SMFIP_NOUNKNOWN: UInt = 0x0000_0100
/// Do not send DATA.
public let SMFIP_NODATA: UInt = 0x0000_0200
/// The MTA understands skip.
public let SMFIP_SKIP: UInt = 0x0000_0400
/// Also send rejected recipients.
public let SMFIP_RCPT_REJ: UInt = 0x0000_0800
/// No reply for connect.
public let SMFIP_NR_CONN: UInt = 0x0000_1000
/// No reply for HELO.
public let SMFIP_NR_HELO: UInt = 0x0000_2000
/// No reply for MAIL.
public let SMFIP_NR_MAIL: UInt = 0x0000_4000
/// No reply for RCPT.
public let SMFIP_NR_RCPT: UInt = 0x0000_8000
/// No reply for DATA.
public let SMFIP_NR_DATA: UInt = 0x0001_0000
/// No reply for unknown commands.
public let SMFIP_NR_UNKN: UInt = 0x0002_0000
/// No reply for the end of the headers.
public let SMFIP_NR_EOH: UInt = 0x0004_0000
/// No reply for body chunks.
public let SMFIP_NR_BODY: UInt = 0x0008_0000
/// Header values include the space after the colon, in both directions.
public let SMFIP_HDR_LEADSPC: UInt = 0x0010_0000
/// Packets may carry up to 256 KiB.
public let SMFIP_MDS_256K: UInt = 0x1000_0000
/// Packets may carry up to 1 MiB.
public let SMFIP_MDS_1M: UInt = 0x2000_0000

/// The steps of protocol version 1.
public let SMFI_V1_PROT: UInt = 0x0000_003F
/// The steps of protocol version 2.
public let SMFI_V2_PROT: UInt = 0x0000_007F
/// All steps.
public let SMFI_CURR_PROT: UInt = 0x001F_FFFF
/// The bits that the library reserves.
public let SMFI_INTERNAL: UInt = 0x7000_0000

/// No stage.
public let SMFIM_NOMACROS: Int32 = -1
/// The first stage.
public let SMFIM_FIRST: Int32 = 0
/// Macros before connect.
public let SMFIM_CONNECT: Int32 = 0
/// Macros before HELO.
public let SMFIM_HELO: Int32 = 1
/// Macros before MAIL.
public let SMFIM_ENVFROM: Int32 = 2
/// Macros before RCPT.
public let SMFIM_ENVRCPT: Int32 = 3
/// Macros before DATA.
public let SMFIM_DATA: Int32 = 4
/// Macros before the end of the message.
public let SMFIM_EOM: Int32 = 5
/// Macros before the end of the header.
public let SMFIM_EOH: Int32 = 6
/// The last stage.
public let SMFIM_LAST: Int32 = 6
