using System.Buffers.Binary;
using System.Globalization;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>What is worth saying of SNACs that are not messages: names, servers, families, errors.</summary>
internal static class SnacDetails
{
    private const uint LoginRequest = 0x0017_0002;
    private const uint LoginKeyRequest = 0x0017_0006;
    private const uint HostOnline = 0x0001_0003;
    private const uint ServiceRequest = 0x0001_0004;
    private const uint OwnInfo = 0x0001_000F;
    private const uint UserInfo = 0x0002_0006;
    private const uint BuddyArrived = 0x0003_000B;
    private const uint BuddyDeparted = 0x0003_000C;
    private const uint IcbmAck = 0x0004_000C;
    private const uint Typing = 0x0004_0014;
    private const uint UserInfoQuery = 0x0002_0015;
    private const int MessageHead = 10;

    /// <summary>Reads the data of a SNAC; empty if there is nothing to say.</summary>
    public static string Read(uint kind, ReadOnlySpan<byte> data)
    {
        if ((kind & 0xFFFF) == 1)
        {
            return NetworkText.Number(data) is { } code ? string.Create(CultureInfo.InvariantCulture, $"error {code:X4}: {Words.OfError(code)}") : "";
        }

        return kind switch
        {
            LoginRequest or LoginKeyRequest => Name(data) is { } name ? $"as {name}" : "",
            Snac.LoginReply => LoginReply(data),
            Snac.ServiceRedirect => ServerOf(data, 0),
            Snac.Migration => data.Length >= 2 ? ServerOf(data, 2 + (2 * BinaryPrimitives.ReadUInt16BigEndian(data))) : "",
            HostOnline => Families(data),
            ServiceRequest => NetworkText.Number(data) is { } family ? $"for {SnacNames.Family(family)}" : "",
            OwnInfo or UserInfo or BuddyArrived or BuddyDeparted => NetworkText.TryReadName(data, out string user, out _) ? user : "",
            UserInfoQuery => data.Length > 4 && NetworkText.TryReadName(data[4..], out string asked, out _) ? asked : "",
            IcbmAck or Typing => data.Length > MessageHead && NetworkText.TryReadName(data[MessageHead..], out string peer, out _) ? peer : "",
            _ => "",
        };
    }

    /// <summary>Learns whose connection this is, and what for.</summary>
    public static void Learn(Conversation conversation, bool fromClient, uint kind, ReadOnlySpan<byte> data)
    {
        switch (kind)
        {
            case LoginRequest or LoginKeyRequest when fromClient:
                conversation.Owner ??= Name(data);
                conversation.Service ??= "login";
                break;
            case OwnInfo when !fromClient && NetworkText.TryReadName(data, out string name, out _):
                conversation.Owner ??= name;
                break;
            case HostOnline when !fromClient:
                conversation.Service ??= ServiceOf(data);
                break;
        }
    }

    private static string? Name(ReadOnlySpan<byte> data)
    {
        var tlvs = new TlvReader(data, 0, data.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == 0x0001)
            {
                return NetworkText.Read(tlv.Value);
            }
        }

        return null;
    }

    private static string LoginReply(ReadOnlySpan<byte> data)
    {
        var tlvs = new TlvReader(data, 0, data.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == 0x0008 && tlv.Value.Length == 2)
            {
                return string.Create(CultureInfo.InvariantCulture, $"refused, error {tlv.Number}");
            }
        }

        return ServerOf(data, 0);
    }

    private static string ServerOf(ReadOnlySpan<byte> data, int from)
    {
        string server = "";
        string family = "";
        string tls = "";
        var tlvs = new TlvReader(data, from, data.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            switch (tlv.Type)
            {
                case 0x0005:
                    server = $"go to {NetworkText.Read(tlv.Value)}";
                    break;
                case 0x000D when tlv.Value.Length == 2:
                    family = $" for {SnacNames.Family(tlv.Number)}";
                    break;
                case 0x008E when tlv.Value.ContainsAnyExcept((byte)0):
                    tls = " by TLS";
                    break;
            }
        }

        return server + family + tls;
    }

    private static string Families(ReadOnlySpan<byte> data)
    {
        var families = new List<string>();
        for (; data.Length >= 2; data = data[2..])
        {
            families.Add(BinaryPrimitives.ReadUInt16BigEndian(data).ToString("X4", CultureInfo.InvariantCulture));
        }

        return string.Join(' ', families);
    }

    /// <summary>A server that has messages is the main one; another is named by what it has beside the common family.</summary>
    private static string? ServiceOf(ReadOnlySpan<byte> data)
    {
        var names = new List<string>();
        for (; data.Length >= 2; data = data[2..])
        {
            ushort family = BinaryPrimitives.ReadUInt16BigEndian(data);
            if (family == 0x0004)
            {
                return "main";
            }

            if (family != 0x0001)
            {
                names.Add(SnacNames.Family(family));
            }
        }

        return names.Count > 0 ? string.Join(", ", names) : null;
    }
}
