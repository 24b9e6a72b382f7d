using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Oscar;

/// <summary>Reads where a server sends its client next (PROTOCOL 5). Read only: nothing here is ever rewritten.</summary>
internal static class ServerReply
{
    private const ushort Server = 0x0005;
    private const ushort SslState = 0x008E;
    private const ushort DefaultPort = 5190;

    /// <summary>Reads a login reply, a service redirect or a migration.</summary>
    /// <param name="context">The flow.</param>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="offset">The stream offset of the body's first byte.</param>
    /// <param name="snac">Its SNAC.</param>
    public static void ReadSnac(SessionContext context, ReadOnlySpan<byte> body, long offset, Snac snac)
    {
        int from = snac.DataOffset;
        if (snac.Kind == Snac.Migration)
        {
            if (body.Length - from < 2)
            {
                return;
            }

            from += 2 + (2 * BinaryPrimitives.ReadUInt16BigEndian(body[from..]));
        }

        Read(context, body, offset, from);
    }

    /// <summary>Reads the TLVs: "host:port" or "host", unless the connection will be TLS.</summary>
    public static void Read(SessionContext context, ReadOnlySpan<byte> body, long offset, int from)
    {
        ReadOnlySpan<byte> server = default;
        var tlvs = new TlvReader(body, from, body.Length);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == Server)
            {
                server = tlv.Value;
            }
            else if (tlv.Type == SslState && tlv.Value.ContainsAnyExcept((byte)0))
            {
                return;
            }
        }

        if (tlvs.IsAtEnd && HostAndPort.TryParse(server, DefaultPort, out string host, out ushort port))
        {
            context.Expect(host, port, offset + body.Length - 1);
        }
    }
}
