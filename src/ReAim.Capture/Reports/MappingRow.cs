using System.Globalization;
using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Reports;

/// <summary>An offer and its mapping, as a report shows them.</summary>
internal sealed class MappingRow(Offer offer)
{
    /// <summary>The mapping's ends.</summary>
    public Mapping Mapping { get; } = offer.Mapping;

    /// <summary>The rendezvous cookie.</summary>
    public ulong Cookie { get; } = offer.Cookie;

    /// <summary>To whom the offer was made; empty for a listener, which is for everybody.</summary>
    public string Peer { get; } = offer.PeerName;

    /// <summary>What was offered, as a word where there is one.</summary>
    public string Capability { get; } = offer.IsListener ? "icq-listener" : offer.Capability switch
    {
        0x1343 => "send-file",
        0x1344 => "icq-reverse-connect",
        0x1345 => "direct-im",
        0x1348 => "get-file",
        0x1349 => "icq-relay",
        0xDCC1 => "dcc-send",
        0xDCC2 => "dcc-chat",
        0xDCC5 => "dcc-receive",
        0x3141 => "msn-file",
        0x3142 => "msn-direct",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{offer.Capability:x4}"),
    };

    /// <summary>When it was opened: nanoseconds since 1970.</summary>
    public long Opened { get; } = offer.Opened;

    /// <summary>When it was closed; null if it was still open at the end.</summary>
    public long? Closed { get; set; }

    /// <summary>Why it was closed.</summary>
    public Reason Reason { get; set; } = Reason.Pending;

    /// <summary>The host that connected; 0.0.0.0 if none was seen to.</summary>
    public Ipv4Address ConnectedFrom { get; set; }

    /// <summary>A time as ISO 8601 text in UTC with nanoseconds.</summary>
    public static string Text(long nanoseconds)
    {
        (long seconds, long fraction) = Math.DivRem(nanoseconds, 1_000_000_000);
        if (fraction < 0)
        {
            (seconds, fraction) = (seconds - 1, fraction + 1_000_000_000);
        }

        string second = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{second}.{fraction:d9}Z");
    }
}
