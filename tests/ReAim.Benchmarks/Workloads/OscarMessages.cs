using System.Buffers.Binary;

namespace ReAim.Benchmarks.Workloads;

/// <summary>The few OSCAR messages the workloads are made of.</summary>
internal static class OscarMessages
{
    public static readonly byte[] Hello = [0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 1];

    /// <summary>libpurple's send-file offer: 192.168.7.10, port 5190 (PROTOCOL 2.4).</summary>
    public static readonly byte[] Offer = Convert.FromHexString(
        "2a020063007a00040006000000000047373137343634370000020b5365633535387573657231000300000005005200003731373436343700094613434c7f11d18222444553540000"
        + "00020004c0a8070a00030004c0a8070a000500021446000a00020001000f0000271100140001000100002ee87265636970652e646f637800");

    public static readonly byte[] Cancel = Convert.FromHexString(
        "2a020063004800040006000000000048373137343634370000020b536563353538757365723100030000000500200001373137343634370009461343"
        + "4c7f11d18222444553540000000b00020001");

    /// <summary>A plain IM of some length; the subtype tells which way it goes.</summary>
    public static byte[] InstantMessage(byte subtype, int textLength)
    {
        var message = new byte[40 + textLength];
        message[0] = 0x2A;
        message[1] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)(message.Length - 6));
        message[7] = 4;
        message[9] = subtype;
        message[25] = 1;
        message[26] = 3;
        "bob"u8.CopyTo(message.AsSpan(27));
        message[31] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(32), (ushort)(textLength + 6));
        message.AsSpan(34).Fill((byte)'x');
        return message;
    }
}
