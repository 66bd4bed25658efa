// SPDX-License-Identifier: Apache-2.0
// The smallest feed that has every file of Fares V2: what changed bytes are tried on.
#pragma once

#include <map>
#include <string>

namespace tidegate::fare::testing_gtfs {

/// File name → content.
inline std::map<std::string, std::string> small_feed() {
  return {
      {"agency.txt", "agency_name,agency_timezone\nA,Asia/Shanghai\n"},
      {"stops.txt", "stop_id,stop_name,location_type,parent_station\nS,St,1,\na,A,0,S\nb,B,,\n"},
      {"areas.txt", "area_id\n1\n2\n"},
      {"stop_areas.txt", "area_id,stop_id\n1,S\n2,b\n"},
      {"networks.txt", "network_id,network_name\nn,N\nm,M\n"},
      {"routes.txt", "route_id,route_type\nr,1\nq,3\n"},
      {"route_networks.txt", "route_id,network_id\nr,n\nq,m\n"},
      {"calendar.txt",
       "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
       "w,1,1,1,1,1,0,0,20260101,20261231\n"},
      {"timeframes.txt",
       "timeframe_group_id,start_time,end_time,service_id\np,07:00:00,9:00:00,w\n"},
      {"rider_categories.txt",
       "rider_category_id,rider_category_name,is_default_fare_category\nx,X,1\ny,Y,0\n"},
      {"fare_media.txt", "fare_media_id,fare_media_type\nc,2\nd,4\n"},
      {"fare_products.txt",
       "fare_product_id,rider_category_id,fare_media_id,amount,currency\n"
       "one,x,c,1.00,CNY\none,y,,0.50,CNY\ntwo,,,2.00,CNY\noff,,,-0.20,CNY\n"},
      {"fare_leg_rules.txt",
       "leg_group_id,network_id,from_area_id,to_area_id,from_timeframe_group_id,fare_product_id,"
       "rule_priority\nN,n,1,2,,one,\nN,n,2,1,p,two,1\nM,m,,,,two,\n"},
      {"fare_transfer_rules.txt",
       "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
       "fare_transfer_type,fare_product_id\nM,M,2,600,1,0,\nN,M,,600,1,1,off\n"},
      {"fare_leg_join_rules.txt",
       "from_network_id,to_network_id,from_stop_id,to_stop_id\nn,n,a,b\n"}};
}

}  // namespace tidegate::fare::testing_gtfs
