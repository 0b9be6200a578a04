package dev.darkroom.worker.consume;

import dev.darkroom.worker.consume.JobSource.JobSubscription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.common.config.ConfigResource;

class ShareGroupSourceIT extends JobSourceContract {
  @Override
  JobSource open(Map<String, Object> connection, JobSubscription subscription) {
    return new ShareGroupSource(connection, subscription, 8, TestingBroker.RECORDS);
  }

  @Override
  int partitions() {
    return 1;
  }

  @Override
  void prepareGroup(Admin admin, String group) throws Exception {
    var earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.GROUP, group),
                List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  @Override
  Set<String> members(Admin admin, String group) throws Exception {
    return admin.describeShareGroups(List.of(group)).all().get().values().stream()
        .flatMap(described -> described.members().stream())
        .map(ShareMemberDescription::consumerId)
        .collect(Collectors.toSet());
  }
}
