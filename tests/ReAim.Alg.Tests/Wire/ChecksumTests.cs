using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Wire;

/// <summary>Sums against the slow way.</summary>
[TestFixture]
internal sealed class ChecksumTests
{
    [Test]
    public void A_sum_is_the_naive_sum_for_every_length()
    {
        for (int length = 0; length <= 300; length++)
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            Assert.That(Checksum.Sum(bytes), Is.EqualTo(TcpPacket.Naive(0, bytes)), $"{length} bytes");
            Array.Fill(bytes, (byte)0xFF);
            Assert.That(Checksum.Sum(bytes), Is.EqualTo(TcpPacket.Naive(0, bytes)), $"{length} times FF, which carries the most");
        }
    }

    [Test]
    public void An_update_equals_a_full_recomputation_at_even_and_odd_offsets() =>
        Property.Holds(
            Gen.Select(Gen.Byte.Array[8, 120], Gen.Int[0, 7], Gen.Byte.Array[1, 8]),
            20_000,
            input =>
            {
                (byte[] bytes, int at, byte[] value) = input;
                value = value[..Math.Min(value.Length, bytes.Length - at)];
                var before = (ushort)~TcpPacket.Naive(0, bytes);
                byte[] after = [.. bytes];
                value.CopyTo(after, at);
                ushort updated = Checksum.Update(before, bytes.AsSpan(at, value.Length), value, (at & 1) != 0);
                int expected = (ushort)~TcpPacket.Naive(0, after);
                Assert.That(updated == expected || (after.All(b => b == 0) && updated is 0 or 0xFFFF), Is.True, $"{updated:X4}, not {expected:X4}");
            },
            input => $"{Convert.ToHexStringLower(input.Item1)} {input.Item2} {Convert.ToHexStringLower(input.Item3)}");

    [Test]
    public void A_pseudo_header_is_summed_as_the_standard_says() =>
        Property.Holds(
            Gen.Select(Gen.UInt, Gen.UInt, Gen.Int[20, 65_515]),
            5_000,
            input =>
            {
                (uint source, uint destination, int length) = input;
                byte[] header = [.. Messages.U32(source), .. Messages.U32(destination), 0, 6, (byte)(length >> 8), (byte)length];
                Assert.That(Checksum.PseudoHeader(new(source), new(destination), 6, length), Is.EqualTo(TcpPacket.Naive(0, header)));
            },
            input => input.ToString());
}
