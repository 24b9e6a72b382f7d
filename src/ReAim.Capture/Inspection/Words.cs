using System.Globalization;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>Numbers of the protocol as words.</summary>
internal static class Words
{
    private static readonly Guid ChatInvitation = new("748F2420-6287-11D1-8222-444553540000");

    /// <summary>What a rendezvous is for (PROTOCOL 3.1).</summary>
    /// <param name="capability">As <see cref="Capability.Read"/> says.</param>
    /// <param name="id">The whole UUID, for those it does not know.</param>
    public static string OfCapability(ushort capability, Guid id) => capability switch
    {
        0x1341 => "talk",
        0x1342 => "DirectPlay",
        Capability.SendFile => "send file",
        0x1344 => "ICQ reverse connect",
        Capability.DirectIm => "Direct IM",
        0x1346 => "buddy icon",
        0x1347 => "add-in",
        Capability.GetFile => "get file",
        0x1349 => "ICQ relay",
        0x134A => "game",
        0x134B => "send buddy list",
        0x0100 or 0x0101 => "video",
        0x0102 => "camera",
        0x0103 => "microphone",
        0x0104 => "audio call",
        0x0105 => "iChat AV",
        0 => id == Guid.Empty ? "rendezvous" : id == ChatInvitation ? "chat invitation" : $"capability {id.ToString("D", CultureInfo.InvariantCulture).ToUpperInvariant()}",
        _ => string.Create(CultureInfo.InvariantCulture, $"capability {capability:X4}"),
    };

    /// <summary>TLV 000B of a cancel.</summary>
    public static string OfCancelReason(ushort reason) => reason switch
    {
        0 => "no reason",
        1 => "by the user",
        2 => "timed out",
        3 => "accepted elsewhere",
        _ => string.Create(CultureInfo.InvariantCulture, $"reason {reason:X4}"),
    };

    /// <summary>The code of a decline (0004/000B, reason 3).</summary>
    public static string OfDeclineCode(ushort code) => code switch
    {
        1 => "by the user",
        4 or 6 => string.Create(CultureInfo.InvariantCulture, $"failed, code {code}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"code {code:X4}"),
    };

    /// <summary>The code of an error SNAC (subtype 0001 of every family).</summary>
    public static string OfError(ushort code) => code switch
    {
        0x01 => "invalid SNAC",
        0x02 => "too fast for the server",
        0x03 => "too fast for the client",
        0x04 => "not signed on",
        0x05 => "service unavailable",
        0x06 => "service not defined",
        0x07 => "obsolete SNAC",
        0x08 => "not supported by the server",
        0x09 => "not supported by the client",
        0x0A => "refused by the client",
        0x0B => "reply too big",
        0x0C => "responses lost",
        0x0D => "request denied",
        0x0E => "malformed SNAC",
        0x0F => "insufficient rights",
        0x10 => "blocked",
        0x11 => "sender warned too much",
        0x12 => "receiver warned too much",
        0x13 => "user unavailable",
        0x14 => "no match",
        0x15 => "list too long",
        0x16 => "ambiguous request",
        0x17 => "queue full",
        0x18 => "not while on AOL",
        _ => "unknown error",
    };

    /// <summary>The error a proxy reports (PROTOCOL 3.5).</summary>
    public static string OfProxyError(ushort code) => code switch
    {
        0x0D => "bad request",
        0x0E => "syntax error",
        0x10 => "nobody asked in time",
        0x16 => "unknown command",
        0x1A => "the peer did not come in time",
        _ => "unknown error",
    };
}
