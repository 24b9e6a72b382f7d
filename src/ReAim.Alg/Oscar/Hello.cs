using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>The first frame of either direction, by which a connection is recognised as OSCAR (PROTOCOL 1.4).</summary>
public static class Hello
{
    private const int VersionLength = 4;
    private const uint Version = 1;

    /// <summary>True if a frame with this header may be a hello, whatever its body says.</summary>
    public static bool MayBe(byte channel, int bodyLength) => channel == Flap.Hello && bodyLength >= VersionLength;

    /// <summary>True if a client may begin like this: the version, then nothing or a TLV list that ends exactly.</summary>
    public static bool IsFromClient(byte channel, ReadOnlySpan<byte> body) =>
        IsFromServer(channel, body) && (body.Length == VersionLength || IsClientTlv(BinaryPrimitives.ReadUInt16BigEndian(body[VersionLength..])));

    /// <summary>True if a server may begin like this.</summary>
    public static bool IsFromServer(byte channel, ReadOnlySpan<byte> body)
    {
        if (!MayBe(channel, body.Length) || BinaryPrimitives.ReadUInt32BigEndian(body) != Version)
        {
            return false;
        }

        var tlvs = new TlvReader(body, VersionLength, body.Length);
        while (tlvs.TryRead(out _))
        {
        }

        return tlvs.Position == body.Length;
    }

    /// <summary>With which TLV known clients go on: name, client string, cookie, versions, multi-connection flags.</summary>
    private static bool IsClientTlv(ushort type) => type is 0x0001 or 0x0003 or 0x0006 or (>= 0x0016 and <= 0x001A) or 0x0094 or 0x8003;
}
