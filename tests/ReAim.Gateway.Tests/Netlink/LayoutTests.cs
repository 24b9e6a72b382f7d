using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Gateway.Tests.Netlink;

/// <summary>The structures as the C compiler lays them out on 64-bit machines.</summary>
internal sealed class LayoutTests
{
    [Test]
    public void Structures_have_the_kernels_layout() => Assert.Multiple(() =>
    {
        Assert.That(Unsafe.SizeOf<NetlinkAddress>(), Is.EqualTo(12));
        Assert.That(Offset<NetlinkAddress>(nameof(NetlinkAddress.Port)), Is.EqualTo(4));
        Assert.That(Offset<NetlinkAddress>(nameof(NetlinkAddress.Groups)), Is.EqualTo(8));
        Assert.That(Unsafe.SizeOf<IoVector>(), Is.EqualTo(16));
        Assert.That(Unsafe.SizeOf<MessageHeader>(), Is.EqualTo(56));
        Assert.That(Offset<MessageHeader>(nameof(MessageHeader.Vectors)), Is.EqualTo(16));
        Assert.That(Offset<MessageHeader>(nameof(MessageHeader.Control)), Is.EqualTo(32));
        Assert.That(Offset<MessageHeader>(nameof(MessageHeader.Flags)), Is.EqualTo(48));
        Assert.That(Unsafe.SizeOf<MultipleMessageHeader>(), Is.EqualTo(64));
        Assert.That(Offset<MultipleMessageHeader>(nameof(MultipleMessageHeader.Received)), Is.EqualTo(56));
        Assert.That(Unsafe.SizeOf<PollDescriptor>(), Is.EqualTo(8));
        Assert.That(Offset<PollDescriptor>(nameof(PollDescriptor.Happened)), Is.EqualTo(6));
    });

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
