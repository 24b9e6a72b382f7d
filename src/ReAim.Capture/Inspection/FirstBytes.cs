using System.Buffers.Binary;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>Tells by the first bytes of a direction what a connection speaks.</summary>
internal static class FirstBytes
{
    /// <summary>So many bytes always decide.</summary>
    public const int Enough = 10;

    private const ushort RendezvousProxy = 0x044A;

    private static readonly string[] HttpVerbs = ["GET ", "POST ", "HEAD ", "PUT ", "CONNECT ", "OPTIONS ", "HTTP/1."];

    /// <summary>What a direction that begins like this speaks; null if more bytes must tell.</summary>
    public static ConnectionKind? Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3)
        {
            return null;
        }

        if (bytes[0] == Flap.Marker && bytes[1] == Flap.Hello)
        {
            return bytes.Length < Enough ? null
                : BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]) == 1 ? ConnectionKind.Oscar
                : ConnectionKind.Other;
        }

        if (bytes[0] == 0x16 && bytes[1] == 3)
        {
            return ConnectionKind.Tls;
        }

        if (bytes.Length < 4)
        {
            return null;
        }

        return bytes.StartsWith("OFT2"u8) ? ConnectionKind.Oft
            : bytes.StartsWith("ODC2"u8) ? ConnectionKind.Odc
            : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) == RendezvousProxy ? ConnectionKind.Proxy
            : RecogniseText(bytes);
    }

    private static ConnectionKind? RecogniseText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("FLAPON"u8))
        {
            return ConnectionKind.Toc;
        }

        foreach (string verb in HttpVerbs)
        {
            if (IsBeginning(bytes, verb))
            {
                return bytes.Length < verb.Length ? null : ConnectionKind.Http;
            }
        }

        return IsBeginning(bytes, "FLAPON") ? null : ConnectionKind.Other;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes, string word)
    {
        for (int i = 0; i < bytes.Length && i < word.Length; i++)
        {
            if (bytes[i] != word[i])
            {
                return false;
            }
        }

        return true;
    }
}
