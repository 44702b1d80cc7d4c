// With one import, a filter author gets the names that a filter needs. The names of the codec and of the
// runtime's internals are not exported.

@_exported public import struct MilterCore.InvalidNetwork
@_exported public import struct MilterCore.MilterActionFlags
@_exported public import enum MilterCore.MilterAddress
@_exported public import enum MilterCore.MilterCallback
@_exported public import struct MilterCore.MilterCallbacks
@_exported public import struct MilterCore.MilterError
@_exported public import struct MilterCore.MilterMacroName
@_exported public import struct MilterCore.MilterNetworks
@_exported public import struct MilterCore.MilterOptions
@_exported public import struct MilterCore.MilterProtocolFlags
@_exported public import struct MilterCore.MilterReply
@_exported public import enum MilterCore.MilterStage
@_exported public import enum MilterCore.MilterStatus
@_exported public import struct MilterMail.MailAddress
@_exported public import struct MilterMail.MailAddressList
@_exported public import struct MilterMail.MailDomain
@_exported public import struct MilterMail.MailSyntaxError
@_exported public import struct MilterMail.Mailbox
@_exported public import struct MilterRuntime.MilterConfiguration
@_exported public import struct MilterRuntime.MilterControlSocket
@_exported public import enum MilterRuntime.MilterErrorAnswer
@_exported public import struct MilterRuntime.MilterHistogram
@_exported public import struct MilterRuntime.MilterLog
@_exported public import enum MilterRuntime.MilterLogLevel
@_exported public import struct MilterRuntime.MilterMetrics
@_exported public import struct MilterRuntime.MilterMetricsListener
@_exported public import class MilterRuntime.MilterServer
@_exported public import struct MilterRuntime.MilterStatistics
@_exported public import struct MilterSystem.Errno
@_exported public import struct MilterSystem.FileError
@_exported public import struct MilterSystem.SocketError
@_exported public import struct MilterSystem.ThreadError
